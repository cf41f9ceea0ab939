"""From tags of tokens to spans, whatever scheme of tags a classifier has: BIO, BIOES, BILOU, or plain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from redoubt.engine.guard.interface import Numbers, Tokens
from redoubt.engine.guard.tags import trimmed
from redoubt.engine.opinions.labels import Label

_CJK = "\u2e80"
"""From here on scripts stand without spaces, and each token is a word."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text that is one thing, in code points."""

    label: Label
    start: int
    end: int
    probability: float
    """The mean of its words."""


def spans(
    text: str, tokens: Tokens, chance: Numbers, labels: Sequence[Label], threshold: float
) -> Iterator[Span]:
    """Yield, in order, the runs of words that are one of ``labels`` with at least ``threshold``; ``chance`` is by token and output.

    A word is what its pieces are in the mean. Linear.
    """
    if not len(tokens) or not labels:
        return
    starts, ends = tokens.starts.tolist(), tokens.ends.tolist()
    first = _words(text, starts, ends)
    size = np.diff([*first, len(tokens)])[:, None]
    by_label = np.stack([chance[:, label.outputs].sum(axis=1) for label in labels], axis=1)
    by_word = np.add.reduceat(by_label, first, axis=0) / size
    best = by_word.argmax(axis=1)
    sure = by_word.max(axis=1)
    fresh = _fresh(chance[first], labels)
    at = 0
    while at < len(first):
        if sure[at] < threshold:
            at += 1
            continue
        to = at + 1
        while to < len(first) and sure[to] >= threshold and best[to] == best[at] and not fresh[to, best[to]]:
            to += 1
        last = first[to] - 1 if to < len(first) else len(tokens) - 1
        start, end = trimmed(text, starts[first[at]], ends[last])
        if start < end:
            # A sum of rounded probabilities can be more than one.
            yield Span(labels[int(best[at])], start, end, min(1.0, float(sure[at:to].mean())))
        at = to


def _fresh(chance: Numbers, labels: Sequence[Label]) -> NDArray[np.bool_]:
    """Tell, by word and label, whether it begins there."""
    columns = [
        chance[:, list(label.opening)].sum(axis=1) > chance[:, list(label.within)].sum(axis=1)
        for label in labels
    ]
    return np.stack(columns, axis=1)


def _words(text: str, starts: list[int], ends: list[int]) -> list[int]:
    """Return the number of each word's first token: pieces of one word touch, and are letters or digits."""
    first = [0]
    for token in range(1, len(starts)):
        at = starts[token]
        # Pieces of one character of several bytes share its place.
        if at < ends[token - 1] or (ends[token - 1] == at and _within(text, at)):
            continue
        first.append(token)
    return first


def _within(text: str, at: int) -> bool:
    """Tell whether a word goes on at ``at``."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum() and text[at] < _CJK
