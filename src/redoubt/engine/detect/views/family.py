"""What one family of hidden forms is: a name, a cheap reason to look, a way to rewrite."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import re2
from re2 import _re2

from redoubt.engine.detect.views.view import Edit, Rewrite, rewrite

_UNANCHORED = _re2.RE2.Anchor.UNANCHORED


@dataclass(frozen=True, slots=True)
class Family:
    """One way to hide a text from a pattern."""

    name: str
    reason: str
    """RE2 pattern; where it matches nothing, the family has nothing to say."""
    rewrite: Callable[[str], Rewrite | None]
    """Rewrites all that is written this way; None where the reason proved empty. Linear, never raises."""
    speculative: bool = False
    unicode: bool = False
    """True where ASCII text can give no reason."""
    gate: str = ""
    """A pattern that matches wherever ``reason`` does, with fewer states; empty: the reason itself. One pass with the
    gates of all families together decides whether any reason is asked: counted repetitions in many of them at once would
    multiply into more states than an automaton can keep."""
    needles: tuple[bytes, ...] = ()
    """Where given, the family's reason is asked by itself, and only of texts that hold one of these: cheaper than more
    states in the pass with all gates."""


def in_place(edits: Callable[[str], Iterable[Edit]]) -> Callable[[str], Rewrite | None]:
    """Make the rewriting function of a family that replaces pieces in place."""
    return lambda text: rewrite(text, edits(text))


_GROUP = 6


class Reasons:
    """The reasons of several families, asked together, then in groups, then one by one, on the UTF-8 of a text."""

    __slots__ = ("_any", "_apart", "_groups")

    def __init__(self, families: Iterable[Family]) -> None:
        families = tuple(families)
        self._apart = tuple((f, f.needles, _compile([f.reason])) for f in families if f.needles)
        families = tuple(f for f in families if not f.needles)
        self._any = _compile(family.gate or family.reason for family in families)
        self._groups = tuple(
            (
                _compile(family.gate or family.reason for family in group),
                tuple((family, _compile([family.reason])) for family in group),
            )
            for group in (families[i : i + _GROUP] for i in range(0, len(families), _GROUP))
        )

    def found(self, data: bytes) -> list[Family]:
        """Return the families that ``data`` gives a reason for: those with needles, then the others in their order."""
        size = len(data)
        apart = [
            family
            for family, needles, reason in self._apart
            if any(needle in data for needle in needles) and reason(_UNANCHORED, data, 0, size)[0][0] >= 0
        ]
        if self._any(_UNANCHORED, data, 0, size)[0][0] < 0:
            return apart
        return apart + [
            family
            for gate, members in self._groups
            if gate(_UNANCHORED, data, 0, size)[0][0] >= 0
            for family, reason in members
            if reason(_UNANCHORED, data, 0, size)[0][0] >= 0
        ]


class Runs:
    """Finds runs of characters in a text, several times faster than `re` where most places are none."""

    __slots__ = ("_match", "_overlapping")

    def __init__(self, pattern: str, *, overlapping: bool = False) -> None:
        """``pattern`` is RE2's, ASCII characters only. ``overlapping``: look for the next one behind the start of the last."""
        self._match = _compile([pattern])
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


def _compile(patterns: Iterable[str]) -> Any:
    """Return the binding's own search: one through `re2.compile` costs three times as much."""
    options = re2.Options()
    options.never_capture = True
    options.max_mem = 64 << 20
    return _re2.RE2("|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)).encode(), options).Match
