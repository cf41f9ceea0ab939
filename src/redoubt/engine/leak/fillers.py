"""Letters with something else between them: the text is what stays when the filler is left out."""

import re
from collections.abc import Callable, Sequence
from operator import itemgetter

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.readings import Reading, Span
from redoubt.engine.leak.runs import SHORTEST

_STRIDES = (2, 3)
_FILLER = 4
"""One in so many letters or words is left out, or it is no filler."""
_FIGURES = re.compile(r"[0-9]+|[^0-9]+")
_LINE = re.compile(r"^[^\w\n]{0,8}([^\W_])[^\n]*", re.MULTILINE)

_Kept = Callable[[Folded], Sequence[int]]
"""Returns the numbers of the letters that stay; none where nothing is filler."""


def _other(stride: int, first: int) -> Reading:
    """Return the reading of every second or third letter."""

    def back(folded: Folded) -> Span:
        return lambda start, end: folded.span(first + stride * start, first + stride * (end - 1) + 1)

    return Reading("every-other", lambda folded: folded.letters[first::stride], back)


def _without(name: str, kept: _Kept) -> Reading:
    """Return the reading of the letters that stay."""

    def back(folded: Folded) -> Span:
        at = kept(folded)
        return lambda start, end: folded.span(at[start], at[end - 1] + 1)

    return Reading(name, lambda folded: "".join([folded.letters[i] for i in kept(folded)]), back)


def _no_figures(folded: Folded) -> Sequence[int]:
    letters = folded.letters
    if len(letters) - len(folded.plain) < SHORTEST // 2:
        return ()  # so few are no letters that there cannot be many figures
    runs = _FIGURES.findall(letters)
    return _stay(runs, [run[0].isdecimal() for run in runs]) if len(runs) >= SHORTEST else ()


def _no_filler(folded: Folded) -> Sequence[int]:
    words = folded.words
    if len(words) < SHORTEST:
        return ()
    times = max(folded.vocabulary.values())
    if times < max(SHORTEST, len(words) / _FILLER):
        return ()
    often = next(word for word, count in folded.vocabulary.items() if count == times)
    return _stay(words, [word == often for word in words])


def _stay(pieces: Sequence[str], dropped: Sequence[bool]) -> Sequence[int]:
    """Return the numbers of the letters that stay, where enough are dropped."""
    kept: list[int] = []
    at = 0
    for piece, drop in zip(pieces, dropped, strict=True):
        if not drop:
            kept.extend(range(at, at + len(piece)))
        at += len(piece)
    return kept if _FILLER * (at - len(kept)) >= at else ()


def _initials(folded: Folded) -> str:
    words = folded.words
    return "".join(map(itemgetter(0), words)) if SHORTEST <= len(words) < len(folded.letters) else ""


def _between(folded: Folded) -> Span:
    return lambda start, end: (folded.starts[start], folded.ends[end - 1])


def _lines(folded: Folded) -> Sequence[int]:
    """Return where the first letter of each line stands in the text."""
    if folded.text.count("\n") < SHORTEST - 1:
        return ()
    lines = [found.start(1) for found in _LINE.finditer(folded.text)]
    return lines if len(lines) >= SHORTEST else ()


def _acrostic(folded: Folded) -> str:
    return "".join([folded.text[at].lower()[:1] for at in _lines(folded)])


def _lined(folded: Folded) -> Span:
    lines = _lines(folded)
    return lambda start, end: (lines[start], lines[end - 1] + 1)


SPARSE = (
    *(_other(stride, first) for stride in _STRIDES for first in range(stride)),
    _without("no-figures", _no_figures),
    _without("no-filler", _no_filler),
    Reading("initials", _initials, _between),
    Reading("acrostic", _acrostic, _lined),
)
"""Every second and third letter, what stays without figures or without the commonest word, and first letters."""
