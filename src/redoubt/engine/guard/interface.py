"""The ports behind which the tokenizer and the network stand, and what passes through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MAX_TOKENS = 128
"""Tokens of one window, with the two that mark its beginning and its end."""

Numbers = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the network's vocabulary spells it."""

    ids: Ids
    starts: Ids
    """First code point of each token in the text."""
    ends: Ids
    """One past its last. Tokens ascend and do not overlap; what is blank belongs to none."""

    def __len__(self) -> int:
        return len(self.ids)


class Tokenizer(Protocol):
    """Cuts text into tokens."""

    @property
    def opening(self) -> int:
        """Id of the token that every window begins with."""

    @property
    def closing(self) -> int:
        """Id of the token that every window ends with."""

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of ``text``, which holds no lone surrogate. Linear; the two marks are not among them."""


@dataclass(frozen=True, slots=True)
class Window:
    """What the network reads at once: at most `MAX_TOKENS` tokens, the marks included."""

    ids: Ids
    cases: Ids
    """How each token was written; see `redoubt.engine.guard.case`."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the network says of one window. All but `topic` are logits, and all are finite."""

    attack: float
    kind: Numbers
    """By kind of attack."""
    order: Numbers
    """By token, the marks included."""
    harm: Numbers
    """Two rows, as prompt and as answer, by label."""
    names: Numbers
    """By token, the marks included, and tag."""
    topic: Numbers
    """Embedding of length one."""


class Encoder(Protocol):
    """The network."""

    def rows(self, windows: Sequence[Window]) -> list[Row]:
        """Return what it says of each window, in order. What it says of one does not depend on the others.

        May be called from many threads. Raises ServiceError where it cannot answer in time.
        """
