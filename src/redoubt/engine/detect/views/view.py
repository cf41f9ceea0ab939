"""What a view is, and how one is made from a list of replacements."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from redoubt.engine.detect.views.origin import Bits, Changes, Edits, Origin

MARGIN = 4096
"""Code points kept on either side of a replaced piece, so that what straddles it is seen whole (an RSA-4096 key in PEM
has some 3,300). What lies further away was seen in the plain text; without it, a view costs what was hidden."""

GAP = "\n\n"
"""Stands for what was left out between two windows."""


class Edit(NamedTuple):
    """A piece of a text and what it says in another notation."""

    start: int
    end: int
    text: str
    inner: Bits | None = None
    """Map of the single characters of ``text`` into ``start:end``; None: each came from all of it."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A rewritten text and the map to the text it was made from."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class View:
    """One normal form of a text."""

    name: str
    """How it was made, outermost notation first: ``base64``, ``url+base64``."""
    text: str
    speculative: bool
    """True for a guess (leet, reversed, ROT13, de-spaced): only rules that prove themselves may report there."""
    origins: tuple[Origin, ...]
    """Maps from this text to the original one, innermost first."""

    def changes(self) -> Changes | None:
        """Return where this view differs from the text it was made from; None: anywhere.

        What lies elsewhere stands in that text as well, which is the original one or another view of it.
        """
        return self.origins[0].changes(self.text) if self.origins else None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the code points of the original text that wrote ``start:end`` of this view.

        The span covers whole units of the notation: every base64 digit that holds a bit of it, the whole of ``&#64;``.
        An empty span is taken as the one character at its place (or before it, at the end).
        """
        length = len(self.text)
        start = max(0, min(start, length - 1))
        end = max(start + 1, min(end, length))
        for origin in self.origins:
            start, end = origin.span(start, end)
        return start, end


def rewrite(text: str, edits: Iterable[Edit]) -> Rewrite | None:
    """Replace pieces of ``text`` in place and leave out what is further than `MARGIN` from any; None without edits.

    ``edits`` ascend and do not overlap.
    """
    pieces: list[str] = []
    origin = Edits()
    written = done = 0
    for start, end, replacement, inner in edits:
        first = len(origin) == 0
        gap_from = 0 if first else done + MARGIN
        gap_to = start - MARGIN
        if gap_to > gap_from:
            gap = "" if first else GAP
            pieces.append(text[done:gap_from])
            pieces.append(gap)
            written += gap_from - done
            origin.add((written, written + len(gap)), (gap_from, gap_to))
            written += len(gap)
            done = gap_to
        pieces.append(text[done:start])
        pieces.append(replacement)
        written += start - done
        origin.add((written, written + len(replacement)), (start, end), inner)
        written += len(replacement)
        done = end
    if len(origin) == 0:
        return None
    pieces.append(text[done : done + MARGIN])
    return Rewrite("".join(pieces), origin)
