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

    __slots__ = ("_match", "_overlapping")

    def __init__(self, pattern: str, *, overlapping: bool = False) -> None:
        """``pattern`` is RE2's, ASCII characters only. ``overlapping``: look for the next one behind the start of the last."""
        options = re2.Options()
        options.never_capture = True
        options.max_mem = 64 << 20
        # The binding's own search: one through `re2.compile` costs three times as much.
        self._match = _re2.RE2(pattern.encode(), options).Match
        self._overlapping = overlapping

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each run, in order."""
        # What is not ASCII is in no run: "?" takes its place, one character for one.
        data, match, at = text.encode("ascii", "replace"), self._match, 0
        while True:
            start, end = match(_UNANCHORED, data, at, len(data))[0]
            if start < 0:
                return
            yield start, end
            at = start + 1 if self._overlapping else end
