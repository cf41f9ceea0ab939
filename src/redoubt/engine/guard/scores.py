"""Folds what the network said of windows and tokens into scores of passages. What is promised is measured on these very scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from redoubt.engine.guard.interface import Numbers
from redoubt.engine.guard.reading import Reading

LONGEST = 48
"""Tokens of one sentence; what has no end for longer is judged in parts, so that a short order does not drown in it."""
TOP = 3
"""A sentence is worth the mean of its highest third: an order has words that say nothing, and one odd token is no order."""
LEAST = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a text, in code points, and its score, a logit."""

    start: int
    end: int
    score: float


def attacks(reading: Reading) -> list[Passage]:
    """Return the score of each window as an attack of the user's."""
    return [_passage(reading, number, row.attack) for number, row in enumerate(reading.rows)]


def harms(reading: Reading, label: int, *, answer: bool) -> list[Passage]:
    """Return the score of each window for one label of harm."""
    return [
        _passage(reading, number, float(row.harm[int(answer), label]))
        for number, row in enumerate(reading.rows)
    ]


def orders(reading: Reading) -> list[Passage]:
    """Return the score of each sentence as an order to the assistant."""
    if not reading.rows:
        return []
    logits = reading.order
    return [
        Passage(*reading.span(first, last), _top(logits[first:last]))
        for first, last in parts((*reading.begins, len(reading.tokens)))
    ]


def _passage(reading: Reading, number: int, score: float) -> Passage:
    stretch = reading.stretches[number]
    return Passage(*reading.span(stretch.first, stretch.last), score)


def parts(begins: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield what is judged as one sentence, as numbers of tokens; ``begins`` are those that begin one, and the number of all."""
    for begin, end in pairwise(begins):
        for first in range(begin, end, LONGEST):
            yield first, min(end, first + LONGEST)


def _top(logits: Numbers) -> float:
    count = min(len(logits), max(LEAST, len(logits) // TOP))
    return float(np.sort(logits)[-count:].mean())
