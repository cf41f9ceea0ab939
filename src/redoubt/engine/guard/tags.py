"""From tags of tokens to names in the text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from redoubt.engine.guard.interface import Ids, Numbers
from redoubt.engine.guard.reading import Reading

OUTSIDE = "O"
BEGIN, INSIDE = "B-", "I-"
_RIM = " \t\r\n.,;:!?…\"'`´“”„«»‘’()[]{}<>*_|/\\-–—"
"""What a name neither begins nor ends with."""


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of the network, in the order of its output."""

    types: tuple[str, ...]
    begin: tuple[int, ...]
    """Number of the tag that begins each type."""
    inside: tuple[int, ...]

    @classmethod
    def of(cls, labels: Sequence[str]) -> "Tags":
        """Read the labels ``O, B-PERSON, I-PERSON, ...``. Raises ValueError where they are not that."""
        types = tuple(label.removeprefix(BEGIN) for label in labels if label.startswith(BEGIN))
        pairs = [word + name for name in types for word in (BEGIN, INSIDE)]
        if OUTSIDE not in labels or sorted([OUTSIDE, *pairs]) != sorted(labels):
            raise ValueError(f"tags must be {OUTSIDE} and a {BEGIN} and {INSIDE} for each type")
        position = {label: number for number, label in enumerate(labels)}
        return cls(
            types, tuple(position[BEGIN + t] for t in types), tuple(position[INSIDE + t] for t in types)
        )


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text, in code points."""

    type: str
    start: int
    end: int
    probability: float
    """The mean of its words."""


def names(reading: Reading, tags: Tags, least: Mapping[str, float]) -> Iterator[Name]:
    """Yield the names whose probability is at least that of ``least`` for their type, in order. Linear."""
    if not reading.rows:
        return
    text, tokens = reading.text, reading.tokens
    first = _words(text, tokens.starts, tokens.ends)
    chance = softmax(reading.names)
    opens, goes_on = chance[:, list(tags.begin)], chance[:, list(tags.inside)]
    size = np.diff(np.append(first, len(tokens)))[:, None]
    by_type = np.add.reduceat(opens + goes_on, first, axis=0) / size
    best = by_type.argmax(axis=1)
    sure = by_type[np.arange(len(first)), best]
    named = sure > 1.0 - by_type.sum(axis=1)
    fresh = opens[first, best] > goes_on[first, best]
    last = np.append(first[1:], len(tokens)) - 1
    at = 0
    while at < len(first):
        if not named[at]:
            at += 1
            continue
        to = at + 1
        while to < len(first) and named[to] and best[to] == best[at] and not fresh[to]:
            to += 1
        kind, probability = tags.types[int(best[at])], float(sure[at:to].mean())
        start, end = trimmed(text, int(tokens.starts[first[at]]), int(tokens.ends[last[to - 1]]))
        if start < end and probability >= least[kind]:
            yield Name(kind, start, end, probability)
        at = to


def _words(text: str, starts: Ids, ends: Ids) -> Ids:
    """Return the number of each word's first token: pieces of one word stand side by side, and are letters or digits."""
    begin, end = starts.tolist(), ends.tolist()
    first = [0]
    for token in range(1, len(begin)):
        at = begin[token]
        if end[token - 1] != at or not (text[at - 1].isalnum() and text[at].isalnum()):
            first.append(token)
    return np.array(first, np.int64)


def softmax(logits: Numbers) -> Numbers:
    """Return the probabilities of each row of ``logits``."""
    raised: Numbers = np.exp(logits - logits.max(axis=1, keepdims=True))
    total: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return total


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without the blanks and marks at its rim."""
    while start < end and text[start] in _RIM:
        start += 1
    while start < end and text[end - 1] in _RIM:
        end -= 1
    return start, end
