"""What leaves the house as evidence: exports and bundles of the log, and those who are told of its checkpoints."""
