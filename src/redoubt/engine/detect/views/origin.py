"""Maps from a rewritten text back to the text it was made from."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Origin(Protocol):
    """Where the characters of a rewritten text came from."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source that wrote the non-empty span ``start:end`` of the rewritten text."""

    def touches(self, start: int, end: int) -> bool:
        """Tell whether anything in or at the rim of ``start:end`` differs from the source."""

    def changes(self, text: str) -> "Changes | None":
        """Return where ``text``, the rewritten one, differs from the source; None: anywhere."""


class Changes:
    """The places of a rewritten text that differ from its source, as bytes of its UTF-8."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, starts: Sequence[int], ends: Sequence[int]) -> None:
        """Take the spans' starts and ends; both ascend."""
        self._starts = starts
        self._ends = ends

    def near(self, low: int, high: int) -> bool:
        """Tell whether one of them lies in, overlaps or adjoins ``low:high``."""
        k = bisect_left(self._ends, low)
        return k < len(self._starts) and self._starts[k] <= high


@dataclass(frozen=True, slots=True)
class Same:
    """Every character was replaced by one other at the same place."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span itself."""
        return start, end

    def touches(self, _start: int, _end: int) -> bool:
        """Return True: any character may have been rewritten."""
        return True

    def changes(self, _text: str) -> None:
        """Return None: any character may have been rewritten."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """The text was written backwards."""

    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span as counted from the other end."""
        return self.length - end, self.length - start

    def touches(self, _start: int, _end: int) -> bool:
        """Return True: every character moved."""
        return True

    def changes(self, _text: str) -> None:
        """Return None: every character moved."""


@dataclass(frozen=True, slots=True)
class Bits:
    """A text whose bytes were written as digits of ``width`` bits each, most significant first.

    Byte ``j`` is written by the digits ``8j // width`` up to ``ceil(8(j + 1) / width)``.
    """

    width: int
    digits: "array[int] | None"
    """Place of each digit; None where they stand side by side from 0."""
    first_bytes: "array[int] | None" = None
    """First byte of each character, and one past the last; None where every character is one byte."""
    skew: int = 0
    """Bits of the first digit that belong to no byte."""
    size: int = 1
    """Characters that write one digit."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the digits that hold any bit of the characters ``start:end``."""
        if self.first_bytes is not None:
            start, end = self.first_bytes[start], self.first_bytes[end]
        first, last = (start * 8 + self.skew) // self.width, (end * 8 + self.skew - 1) // self.width
        if self.digits is None:
            return first * self.size, (last + 1) * self.size
        return self.digits[first], self.digits[last] + self.size


EACH = Bits(8, None)
"""Every character was written by one character."""


def first_bytes(plain: str, octets: int) -> "array[int] | None":
    """Return where each character of ``plain`` begins in its ``octets`` bytes of UTF-8; None where each is one byte."""
    if len(plain) == octets:
        return None
    places = array("I", [0])
    for character in plain:
        places.append(places[-1] + len(character.encode()))
    return places


class Edits:
    """Pieces of the source were replaced in place; everything between them was copied.

    A replaced piece is one unit: any part of what replaced it came from all of it, unless it has a map of its own.
    """

    __slots__ = ("_ends", "_inner", "_source_ends", "_source_starts", "_starts")

    def __init__(self) -> None:
        self._starts = array("I")
        self._ends = array("I")
        self._source_starts = array("I")
        self._source_ends = array("I")
        self._inner: dict[int, Bits] = {}

    def add(self, place: tuple[int, int], source: tuple[int, int], inner: Bits | None = None) -> None:
        """Say that ``source`` became ``place``; both ascend from call to call."""
        if inner is not None:
            self._inner[len(self._starts)] = inner
        self._starts.append(place[0])
        self._ends.append(place[1])
        self._source_starts.append(source[0])
        self._source_ends.append(source[1])

    def __len__(self) -> int:
        return len(self._starts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source: from where the first character begins to where the last one ends."""
        return self._unit(start)[0], self._unit(end - 1)[1]

    def _unit(self, at: int) -> tuple[int, int]:
        k = bisect_right(self._starts, at) - 1
        if k < 0:
            return at, at + 1
        if at >= self._ends[k]:
            place = self._source_ends[k] + at - self._ends[k]
            return place, place + 1
        inner = self._inner.get(k)
        if inner is None:
            return self._source_starts[k], self._source_ends[k]
        start, end = inner.span(at - self._starts[k], at - self._starts[k] + 1)
        return self._source_starts[k] + start, self._source_starts[k] + end

    def touches(self, start: int, end: int) -> bool:
        """Tell whether an edit lies in, overlaps or adjoins ``start:end``."""
        k = bisect_left(self._ends, start)
        return k < len(self._starts) and self._starts[k] <= end

    def changes(self, text: str) -> Changes:
        """Return the edits as places of the UTF-8 of ``text``."""
        if text.isascii():
            return Changes(self._starts, self._ends)
        starts, ends = array("Q"), array("Q")
        seen = octets = 0
        for start, end in zip(self._starts, self._ends, strict=True):
            octets += len(text[seen:start].encode("utf-8", "replace"))
            starts.append(octets)
            octets += len(text[start:end].encode("utf-8", "replace"))
            ends.append(octets)
            seen = end
        return Changes(starts, ends)

    def any_source(self, test: Callable[[int, int], bool]) -> bool:
        """Tell whether ``test`` holds for the source span of any edit."""
        return any(map(test, self._source_starts, self._source_ends))
