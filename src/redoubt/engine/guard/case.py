"""How a token was written. The vocabulary knows no case; names are known by little else."""

from collections.abc import Iterable
from enum import IntEnum

import numpy as np

from redoubt.engine.guard.interface import Ids


class Case(IntEnum):
    """The network's third input, one for each token. Training reads the same numbers: they are part of the weights' contract."""

    OTHER = 0
    """No letter with a case and no digit: punctuation, CJK, the marks of a window."""
    LOWER = 1
    TITLE = 2
    """A capital and then none; a single capital too."""
    UPPER = 3
    """Two capitals or more, and nothing else."""
    MIXED = 4
    DIGITS = 5
    """Digits, no letters."""


def case_of(piece: str) -> Case:
    """Return how ``piece``, the text of one token, was written.

    >>> [case_of(p).name for p in ("van", "Anna", "NATO", "iPhone", "1984", "4th", "I", "!", "東")]
    ['LOWER', 'TITLE', 'UPPER', 'MIXED', 'DIGITS', 'LOWER', 'TITLE', 'OTHER', 'OTHER']
    """
    if piece.islower():
        return Case.LOWER
    if piece.isupper():
        return Case.UPPER if sum(map(str.isupper, piece)) > 1 else Case.TITLE
    if any(c.islower() or c.isupper() for c in piece):
        letters = piece.lstrip("0123456789'’")
        return Case.TITLE if letters[:1].isupper() and letters[1:].islower() else Case.MIXED
    if any(map(str.isdigit, piece)) and not any(map(str.isalpha, piece)):
        return Case.DIGITS
    return Case.OTHER


def cases(text: str, spans: Iterable[tuple[int, int]]) -> Ids:
    """Return `case_of` for each span of ``text``."""
    return np.fromiter((case_of(text[start:end]) for start, end in spans), np.int64)
