"""JSON as a notation that a replacement must keep intact (RFC 8259).

The reader below is lexical: it knows string literals from everything else, in whole documents, in fragments and in broken text alike,
so it has no way to fail. It is linear: the patterns are possessive.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator

_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)("?+)', re.DOTALL)
_REST = re.compile(r'([^"\\]*+(?:\\.[^"\\]*+)*+)("?+)', re.DOTALL)
_LITERAL = re.compile(r'[^\s{}\[\]:,"]++')
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LONGEST_ESCAPE = len(r"\u0000")


def escape(text: str) -> str:
    """Write ``text`` as it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=any("\ud800" <= c <= "\udfff" for c in text))[1:-1]


def unescape(text: str) -> str:
    """Read what stands between the quotes of a JSON string; text that is not legal there is returned as it is."""
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def literal(text: str) -> str:
    """Write ``text`` as a JSON value that stands outside any string: a number where it is one, else a string."""
    return text if _NUMBER.fullmatch(text) else f'"{escape(text)}"'


class JsonText:
    """Tells which parts of a JSON text (or fragment) lie inside string literals. `inside`: the fragment begins inside one."""

    def __init__(self, text: str, *, inside: bool = False) -> None:
        self._text = text
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._between = 0
        self.inside_at_end = False
        """Whether the text ends inside a string literal."""
        done = 0
        if inside:
            first = _REST.match(text)
            if first is not None:
                done = self._add(first)
        for found in _STRING.finditer(text, done):
            self._add(found)

    def _add(self, found: re.Match[str]) -> int:
        end = found.end(1)
        closed = bool(found[2])
        if not closed and found.end() != len(self._text):
            end = len(self._text)  # a lone backslash at the very end
        self._starts.append(found.start(1))
        self._ends.append(end)
        self.inside_at_end = not closed
        return found.end()

    def string_at(self, position: int) -> tuple[int, int] | None:
        """Return the inside of the string literal that holds ``position``, or None."""
        i = bisect_right(self._starts, position) - 1
        if i >= 0 and position < self._ends[i]:
            return self._starts[i], self._ends[i]
        return None

    def inside_at(self, position: int) -> bool:
        """Tell whether what is written at ``position`` continues a string literal (its closing quote included)."""
        i = bisect_right(self._starts, position) - 1
        return i >= 0 and position <= self._ends[i]

    def boundary(self, position: int) -> int:
        """Return ``position``, or the start of the escape sequence it would cut through."""
        string = self.string_at(position)
        return self._whole(position, string[0], forward=False) if string else position

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Yield the parts of a span that can be replaced, as (start, end, whether inside a string), widened to whole escapes and literals.

        Quotes, brackets, colons, commas and blanks outside strings belong to no part.
        """
        position = start
        while position < end:
            string = self.string_at(position)
            if string is not None:
                stop = min(end, string[1])
                yield (
                    self._whole(position, string[0], forward=False),
                    self._whole(stop, string[0], forward=True),
                    True,
                )
                position = max(stop, position + 1)
                continue
            found = self._literal(position, end)
            if found is None:
                i = bisect_right(self._starts, position)
                if i == len(self._starts):
                    return
                position = max(position + 1, self._starts[i])
                continue
            yield found[0], found[1], False
            position = found[1]

    def _literal(self, position: int, end: int) -> tuple[int, int] | None:
        """Return the whole literal at or after ``position`` that begins before ``end`` and before the next string."""
        i = bisect_right(self._starts, position)
        limit = self._starts[i] - 1 if i < len(self._starts) else len(self._text)
        begun = _LITERAL.search(self._text, position, min(limit, end))
        found = _LITERAL.match(self._text, begun.start(), limit) if begun else None
        if found is None:
            return None
        first = found.start()
        floor = self._ends[i - 1] + 1 if i else 0
        while first > floor and _LITERAL.match(self._text[first - 1]):
            first -= 1
        return first, found.end()

    def _whole(self, position: int, floor: int, *, forward: bool) -> int:
        """Move ``position`` off the middle of an escape sequence, and remember where that was: a run of backslashes is read once."""
        floor = max(floor, self._between) if self._between <= position else floor
        at = self._text.find("\\", max(floor, position - _LONGEST_ESCAPE + 1), position)
        if at >= 0:
            while at > floor and self._text[at - 1] == "\\":
                at -= 1
            for found in _ESCAPE.finditer(self._text, at, min(len(self._text), position + _LONGEST_ESCAPE)):
                if found.start() < position < found.end():
                    position = found.end() if forward else found.start()
                    break
        self._between = position
        return position
