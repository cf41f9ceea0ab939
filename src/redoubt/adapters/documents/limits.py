"""How text is cut."""

BLOCK = 256 * 1024
"""Characters of a piece."""
LEAD = 1024
"""Characters that a piece repeats of the one before: context of what begins in it."""
TAIL = 18 * 1024
"""Characters that a piece holds of the next one, so that what begins in it is seen whole: a PEM key has up to 16 KB."""
