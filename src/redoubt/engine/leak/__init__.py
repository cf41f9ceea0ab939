"""What must not leave in an answer because it is the operator's or somebody else's. See docs/design/007-leaks.md."""
