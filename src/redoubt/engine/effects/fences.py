"""Which parts of an answer are shown as code: fenced blocks and code spans of Markdown (CommonMark 4.5 and 6.1)."""

import re
from bisect import bisect_right
from operator import itemgetter

_FENCE = re.compile(r"(?m)^[ \t>]{0,12}(?:[-*+][ \t]{1,3})?(`{3,64}|~{3,64})([^\n`]{0,200})$")
_SPAN = re.compile(r"(`{1,2})(?!`)[^`\n]{1,1000}(?<!`)\1(?!`)")


class Code:
    """The code in a text: outside of it, HTML is markup and a command is advice."""

    __slots__ = ("_spans",)

    def __init__(self, text: str) -> None:
        self._spans = _blocks(text) if "```" in text or "~~~" in text else []
        if "`" in text:
            spans = [found.span() for found in _SPAN.finditer(text) if not self.holds(found.start())]
            self._spans = sorted(self._spans + spans)

    def holds(self, place: int) -> bool:
        """Tell whether the character at ``place`` is shown as code."""
        before = bisect_right(self._spans, place, key=itemgetter(0)) - 1
        return before >= 0 and place < self._spans[before][1]


def _blocks(text: str) -> list[tuple[int, int]]:
    """Return the fenced blocks; one that is not closed goes on to the end, as it does on the screen."""
    blocks: list[tuple[int, int]] = []
    opened, begin = "", 0
    for found in _FENCE.finditer(text):
        mark = found[1]
        if not opened:
            opened, begin = mark, found.start()
        elif mark[0] == opened[0] and len(mark) >= len(opened) and not found[2].strip():
            blocks.append((begin, found.end()))
            opened = ""
    if opened:
        blocks.append((begin, len(text)))
    return blocks
