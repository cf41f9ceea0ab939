"""What one family of hidden forms is: a name, a cheap reason to look, a way to rewrite."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import re2
from re2 import _re2

from redoubt.engine.detect.views.view import Edit, Rewrite, rewrite

_UNANCHORED = _re2.RE2.Anchor.UNANCHORED


@dataclass(frozen=True, slots=True)
class Family:
    """One way to hide a text from a pattern."""

    name: str
    reason: str
    """Pattern of RE2's and Hyperscan's common syntax; where it matches nothing, the family has nothing to say."""
    rewrite: Callable[[str], Rewrite | None]
    """Rewrites all that is written this way; None where the reason proved empty. Linear, never raises."""
    speculative: bool = False
    unicode: bool = False
    """True where ASCII text can give no reason."""


def in_place(edits: Callable[[str], Iterable[Edit]]) -> Callable[[str], Rewrite | None]:
    """Make the rewriting function of a family that replaces pieces in place."""
    return lambda text: rewrite(text, edits(text))


class Runs:
    """Finds runs of characters in a text, several times faster than `re` where most places are none."""

    __slots__ = ("_match",)

    def __init__(self, pattern: str) -> None:
        """``pattern`` is RE2's, ASCII characters only."""
        options = re2.Options()
        options.never_capture = True
        options.max_mem = 64 << 20
        # The binding's own search: one through `re2.compile` costs three times as much.
        self._match = _re2.RE2(pattern.encode(), options).Match

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each run, in order."""
        return self.spans(in_ascii(text))

    def spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each run of ASCII, in order."""
        match, at, size = self._match, 0, len(data)
        while True:
            start, end = match(_UNANCHORED, data, at, size)[0]
            if start < 0:
                return
            yield start, end
            at = end

    def first(self, data: bytes, at: int) -> int:
        """Return where the first run of ASCII from ``at`` on begins; -1 where there is none."""
        begin: int = self._match(_UNANCHORED, data, at, len(data))[0][0]
        return begin

    def within(self, data: bytes) -> bool:
        """Tell whether there is any."""
        return self.first(data, 0) >= 0


def in_ascii(text: str) -> bytes:
    """Return the text in ASCII, one byte for each character; "?" takes the place of what is in no run."""
    return text.encode("ascii", "replace")
