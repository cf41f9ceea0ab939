"""The decision point: pure functions from text to findings, from findings to a decision, from a decision to a text."""
