"""Letters with something else between them: the text is what stays when the filler is left out."""

import re
from array import array
from collections.abc import Iterator, Sequence
from functools import partial
from operator import itemgetter

import numpy as np

from redoubt.engine.leak.disguises import Reading, latin
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.runs import SHORTEST

_STRIDES = (2, 3)
_FILLER = 4
"""One in so many letters or words is left out, or it is no filler."""
_FIGURES = re.compile(r"[0-9]+|[^0-9]+")
_LINE = re.compile(r"^[^\w\n]{0,8}([^\W_])[^\n]*", re.MULTILINE)


def sparse(text: str, folded: Folded) -> Iterator[Reading]:
    """Yield every second and third letter, what stays without figures or without the commonest word, and first letters."""
    letters, words = folded.letters, folded.words
    for stride in _STRIDES:
        for first in range(stride):
            yield Reading("every-other", letters[first::stride], partial(_strided, folded, first, stride))
    if len(letters) - len(latin(letters)) >= SHORTEST // 2:  # else there are not so many figures
        runs = _FIGURES.findall(letters)
        if len(runs) >= SHORTEST:
            yield from _without("no-figures", folded, runs, [run[0].isdecimal() for run in runs])
    if len(words) >= SHORTEST:
        times = np.bincount(folded.numbers)
        if times.max() >= max(SHORTEST, len(words) / _FILLER):
            dropped = (folded.numbers == times.argmax()).tolist()
            yield from _without("no-filler", folded, words, dropped)
        if len(words) < len(letters):
            yield Reading("initials", "".join(map(itemgetter(0), words)), partial(_initials, folded))
    if text.count("\n") >= SHORTEST - 1:
        lines = [found.span(1)[0] for found in _LINE.finditer(text)]
        if len(lines) >= SHORTEST:
            yield Reading("acrostic", "".join([text[at].lower()[:1] for at in lines]), partial(_lines, lines))


def _without(name: str, folded: Folded, pieces: Sequence[str], dropped: Sequence[bool]) -> Iterator[Reading]:
    kept = array("I")
    at = 0
    for piece, drop in zip(pieces, dropped, strict=True):
        if not drop:
            kept.extend(range(at, at + len(piece)))
        at += len(piece)
    if _FILLER * (at - len(kept)) >= at:
        yield Reading(name, "".join([folded.letters[i] for i in kept]), partial(_kept, folded, kept))


def _strided(folded: Folded, first: int, stride: int, start: int, end: int) -> tuple[int, int]:
    return folded.span(first + stride * start, first + stride * (end - 1) + 1)


def _kept(folded: Folded, kept: "array[int]", start: int, end: int) -> tuple[int, int]:
    return folded.span(kept[start], kept[end - 1] + 1)


def _initials(folded: Folded, start: int, end: int) -> tuple[int, int]:
    return folded.starts[start], folded.ends[end - 1]


def _lines(lines: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return lines[start], lines[end - 1] + 1
