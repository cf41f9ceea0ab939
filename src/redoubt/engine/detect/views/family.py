"""What one family of hidden forms is: a name, a cheap reason to look, a way to rewrite."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import re2

from redoubt.engine.detect.views.view import Edit, Rewrite, rewrite


@dataclass(frozen=True, slots=True)
class Family:
    """One way to hide a text from a pattern."""

    name: str
    reason: str
    """RE2 pattern; where it matches nothing, the family has nothing to say. One linear pass decides for all families."""
    rewrite: Callable[[str], Rewrite | None]
    """Rewrites all that is written this way; None where the reason proved empty. Linear, never raises."""
    speculative: bool = False
    unicode: bool = False
    """True where ASCII text can give no reason."""


def in_place(edits: Callable[[str], Iterable[Edit]]) -> Callable[[str], Rewrite | None]:
    """Make the rewriting function of a family that replaces pieces in place."""
    return lambda text: rewrite(text, edits(text))


class Reasons:
    """The reasons of several families, asked together and one by one, on the UTF-8 of a text."""

    __slots__ = ("_any", "_each")

    def __init__(self, families: Iterable[Family]) -> None:
        options = re2.Options()
        options.never_capture = True
        options.max_mem = 64 << 20
        self._each: tuple[tuple[Family, Any], ...] = tuple(
            (family, re2.compile(family.reason, options)) for family in families
        )
        self._any: Any = re2.compile("|".join(f"(?:{f.reason})" for f, _ in self._each), options)

    def found(self, data: bytes) -> list[Family]:
        """Return the families that ``data`` gives a reason for, in their order."""
        if self._any.search(data) is None:
            return []
        return [family for family, pattern in self._each if pattern.search(data) is not None]
