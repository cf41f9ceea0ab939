"""Cuts a text into sentences, and its tokens into windows that end where sentences do."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from redoubt.engine.guard.interface import MAX_TOKENS

ROOM = MAX_TOKENS - 2
OVERLAP = 24
"""Tokens that a window reads again of the one before it, at most, so that what lies across the border is seen whole by one of them."""

_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？]|\n(?![a-z])")
"""Where a sentence ends: also at the end of a line, unless the next goes on in lower case, as wrapped lines do.

No part of it can begin where another goes on, so it takes linear time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The tokens ``[first, last)`` of one window; those in ``[own, own_end)`` are its own, every token of a text is one window's own."""

    first: int
    last: int
    own: int
    own_end: int


def sentences(text: str) -> list[int]:
    """Return where the sentences of ``text`` end, in code points, the end of the text last.

    >>> sentences('He said "no." Then 3.5 left.')
    [13, 28]
    """
    ends = [found.end() for found in _END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def breaks(starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Return the numbers of the tokens that begin a sentence; ``starts`` are the tokens', ``ends`` what `sentences` returned."""
    found = [0]
    for end in ends[:-1]:
        token = bisect_left(starts, end, found[-1])
        if found[-1] < token < len(starts):
            found.append(token)
    return found


def cut(count: int, begins: Sequence[int], *, room: int = ROOM) -> Iterator[Stretch]:
    """Yield the windows of ``count`` tokens, ``room`` at most in each; those numbered ``begins`` begin a sentence.

    A window ends at the end of a sentence, where there is one in its second half. Linear.
    """
    overlap = min(OVERLAP, room // 4)
    first = own = 0
    while first < count:
        last = min(first + room, count)
        if last == count:
            yield Stretch(first, last, own, last)
            return
        sentence = begins[bisect_right(begins, last) - 1]
        if sentence > first + room // 2:
            last = sentence
        following = bisect_left(begins, last - overlap)
        again = begins[following] if following < len(begins) and begins[following] < last else last - overlap
        border = (again + last) // 2
        yield Stretch(first, last, own, border)
        first, own = again, border
