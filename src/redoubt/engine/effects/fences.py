"""Which parts of an answer are shown as code: fenced blocks and code spans of Markdown (CommonMark 4.5 and 6.1)."""

import re
from bisect import bisect_right
from operator import itemgetter

_FENCE = re.compile(r"(?m)^[ \t>]{0,12}(?:[-*+][ \t]{1,3})?(`{3,64}|~{3,64})([^\n`]{0,200})$")
_BEGUN = re.compile(r"[ \t>]{0,12}(?:[-*+][ \t]{1,3})?(?:`{3,64}|~{3,64})[^\n`]{0,200}")
"""The beginning of a line that may become a fence."""
_NEXT = re.compile(r"[ \t>]{0,12}(?:[-*+][ \t]{0,3})?(?:[`~]|\Z)")
"""What would be a fence, or might become one, at the beginning of a line."""
_TICKS = re.compile(r"`+|\n")
_FEW = 8
"""Characters; so few of a line are shown as they are."""
_MANY = 64
"""Characters; a line with more marks of code spans that are open is read as if it had none."""


class Code:
    """The code in a text: outside of it, HTML is markup and a command is advice. A span does not go on in the next line."""

    __slots__ = ("_spans",)

    def __init__(self, text: str) -> None:
        self._spans = _blocks(text)[0] if _has_fence(text) else []
        if "`" in text:
            spans = [span for span in _spans(text)[0] if not self.holds(span[0])]
            self._spans = sorted(self._spans + spans)

    def holds(self, place: int) -> bool:
        """Tell whether the character at ``place`` is shown as code."""
        before = bisect_right(self._spans, place, key=itemgetter(0)) - 1
        return before >= 0 and place < self._spans[before][1]


def lead(text: str, at: int) -> str:
    r"""Return what may stand for ``text[:at]``, so that `Code` reads what follows as it does behind all of that: no longer, and short.

    Behind a block that is open, that is its fence; in the middle of a line, what keeps the rest from being read as a fence, and the marks
    of code spans that are open.

    >>> lead("```html\n<p>\n<b>", 12), lead("A long line ```", 12), lead("So type `a b` or `c d", 19), lead("A long line.", 7)
    ('```\n', '.', '.`.', '')
    """
    begin = text.rfind("\n", 0, at) + 1
    opened = _blocks(text[:begin])[1] if _has_fence(text) else ""
    fence = f"{opened}\n" if opened else ""
    line = text[begin:at]
    if not line or not (fence or "`" in text or "~" in text):
        return fence
    if len(line) <= _FEW or _BEGUN.fullmatch(line):
        return fence + line
    marks = "" if opened else _marks(line)
    if marks:
        return marks if len(marks) <= len(line) else line
    return f"{fence}." if _NEXT.match(text, at) else fence


def _marks(line: str) -> str:
    """Return what marks of code spans the rest of a line may still close, with something between them."""
    first = _spans(line)[1]
    if first < 0:
        return ""
    marks = "." + ".".join(found[0] for found in _TICKS.finditer(line, first))
    marks += "" if line.endswith("`") else "."
    return marks if len(marks) <= _MANY else "."


def _has_fence(text: str) -> bool:
    return "```" in text or "~~~" in text


def _blocks(text: str) -> tuple[list[tuple[int, int]], str]:
    """Return the fenced blocks, and the mark of one that is not closed: it goes on to the end, as it does on the screen."""
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
    return blocks, opened


def _spans(text: str) -> tuple[list[tuple[int, int]], int]:
    """Return the code spans, and where the first mark stands that the text does not close, or -1: one is closed by the next as long."""
    ticks = list(_TICKS.finditer(text))
    closing = [0] * len(ticks)
    later: dict[int, int] = {}
    for number in range(len(ticks) - 1, -1, -1):
        if ticks[number][0] == "\n":
            later.clear()
        else:
            size = len(ticks[number][0])
            closing[number] = later.get(size, 0)
            later[size] = number
    spans: list[tuple[int, int]] = []
    number, first = 0, -1
    while number < len(ticks):
        if closing[number]:
            spans.append((ticks[number].start(), ticks[closing[number]].end()))
            number = closing[number]
        elif first < 0 and ticks[number][0] != "\n":
            first = ticks[number].start()
        number += 1
    return spans, first
