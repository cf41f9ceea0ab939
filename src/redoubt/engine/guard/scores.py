"""Folds what the network said of windows and tokens into scores of passages. What is promised is measured on these very scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from redoubt.engine.guard.interface import Numbers
from redoubt.engine.guard.reading import Reading

LONGEST = 48
"""Tokens of one sentence; what has no end for longer is judged in parts, so that a short order does not drown in it."""
_TOP = 3
"""A sentence is worth the mean of its highest third: an order has words that say nothing, and one odd token is no order."""
_LEAST = 3


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
        Passage(*reading.span(first, last), _top(logits[first:last])) for first, last in _sentences(reading)
    ]


def _passage(reading: Reading, number: int, score: float) -> Passage:
    stretch = reading.stretches[number]
    return Passage(*reading.span(stretch.first, stretch.last), score)


def _sentences(reading: Reading) -> Iterator[tuple[int, int]]:
    for begin, end in pairwise((*reading.begins, len(reading.tokens))):
        for first in range(begin, end, LONGEST):
            yield first, min(end, first + LONGEST)


def _top(logits: Numbers) -> float:
    count = min(len(logits), max(_LEAST, len(logits) // _TOP))
    return float(np.sort(logits)[-count:].mean())
