"""Who wrote which values, as far as keyed fingerprints tell."""
