"""How a token was written: the vocabulary is without case, and names are told by it."""

OTHER, LOWER, TITLE, UPPER, MIXED, DIGITS = range(6)
"""Case ids. OTHER: no letter and no digit, or a special token."""


def case_of(piece: str) -> int:
    """Return the case id of the text of one token.

    >>> [case_of(piece) for piece in ("the", "Ann", "A", "NASA", "iPhone", "42", "!")]
    [1, 2, 2, 3, 4, 5, 0]
    """
    if piece.islower():
        return LOWER
    if piece.isdigit():
        return DIGITS
    if piece.isupper():
        return TITLE if len(piece) == 1 else UPPER
    if piece[:1].isupper() and piece[1:].islower():
        return TITLE
    return MIXED if piece.isalnum() else OTHER
