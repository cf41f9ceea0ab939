"""Where requests come in: the enforcement points."""
