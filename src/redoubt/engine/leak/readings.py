"""Orders in which the letters of a text may be read."""

from collections.abc import Callable
from typing import NamedTuple

from redoubt.engine.leak.fold import Folded

Span = Callable[[int, int], tuple[int, int]]
"""From a non-empty span of what was read to the span of the text."""
_APART = 4
"""Letters that stand alone; fewer spell nothing."""


class Reading(NamedTuple):
    """One way to read a text's letters."""

    name: str
    letters: Callable[[Folded], str]
    """What is read; empty where nothing can be read so."""
    back: Callable[[Folded], Span]
    """Returns the way back to the text."""


def _backwards(folded: Folded) -> str:
    return folded.letters[::-1]


def _words_backwards(folded: Folded) -> str:
    return _last_first(folded)[::-1]


def _last_first(folded: Folded) -> str:
    # Where each word is one letter, it reads as it is.
    return "".join(folded.words[::-1]) if len(folded.letters) > len(folded.words) else ""


def _spelled(folded: Folded) -> str:
    words = folded.words
    alone = [word for word in words if len(word) == 1]
    return "".join(alone) if _APART <= len(alone) < len(words) else ""


def _mirrored(folded: Folded) -> Span:
    total = len(folded.letters)
    return lambda start, end: folded.span(total - end, total - start)


def _whole(folded: Folded) -> Span:
    def whole(start: int, end: int) -> tuple[int, int]:
        first, last = folded.word_at(start), folded.word_at(end - 1)
        return folded.starts[first], folded.ends[last]

    return whole


def _whole_mirrored(folded: Folded) -> Span:
    whole, total = _whole(folded), len(folded.letters)
    return lambda start, end: whole(total - end, total - start)


def _apart(folded: Folded) -> Span:
    alone = [number for number, word in enumerate(folded.words) if len(word) == 1]
    return lambda start, end: (folded.starts[alone[start]], folded.ends[alone[end - 1]])


READINGS = (
    Reading("", lambda folded: folded.letters, lambda folded: folded.span),
    Reading("reversed", _backwards, _mirrored),
    Reading("words-reversed", _words_backwards, _whole),
    Reading("order-reversed", _last_first, _whole_mirrored),
    Reading("spelled", _spelled, _apart),
)
"""The letters as they are, backwards, with each word backwards, with the words in reverse order; those that stand alone."""
