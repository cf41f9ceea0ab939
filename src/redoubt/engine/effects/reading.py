"""A text as the program that shows it reads it: without invisible characters, references and escapes undone, mapped back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from redoubt.engine.detect.views import escapes, invisible
from redoubt.engine.detect.views.family import Family
from redoubt.engine.detect.views.origin import Origin

_NEEDED = re.compile(r"[&\\]|[^\x09-\x7e]")
"""One of these stands wherever anything is written otherwise than it is read."""
_FAMILIES = tuple(
    family
    for family in (*invisible.FAMILIES, *escapes.FAMILIES)
    if family.name in ("invisible", "tags", "html", "escapes")
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One form of a text, and the way back."""

    text: str
    view: str = "plain"
    origins: tuple[Origin, ...] = ()
    """Maps from this form to the text as written, innermost first."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the code points of the text as written that wrote the non-empty span ``start:end``."""
        for origin in self.origins:
            start, end = origin.span(start, end)
        return start, end


def readings(text: str, *more: Family) -> Iterator[Reading]:
    """Yield the text as written and, where it differs, as it is read, ``more`` undone too. Linear; never raises."""
    yield Reading(text)
    if not _NEEDED.search(text):
        return
    read, names = text, list[str]()
    origins: tuple[Origin, ...] = ()
    for family in (*_FAMILIES, *more):
        made = family.rewrite(read)
        if made is not None and made.text:
            read, origins = made.text, (made.origin, *origins)
            names.append(family.name)
    if origins:
        yield Reading(read, "+".join(names), origins)
