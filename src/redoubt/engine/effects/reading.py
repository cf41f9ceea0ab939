"""A text as the program that shows it reads it: without invisible characters, references and escapes undone, mapped back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from redoubt.engine.detect.views import escapes, invisible
from redoubt.engine.detect.views.family import Family
from redoubt.engine.detect.views.origin import Origin

_AS_WRITTEN = (
    "\u00a1\u00a3\u00a7\u00a9\u00ab\u00ae\u00b0\u00b4\u00bb\u00bf-\u00ff\u2018-\u201e\u2026\u20ac\u2122"
)
"""Beyond ASCII, what no family rewrites: letters of western Europe, quotation marks."""
_PARTING = "\u2013\u2014\u2022"
"""Dashes and bullets: behind a figure they may part a number."""
_NEEDED = re.compile(rf"[0-9][{_PARTING}]|[^ 0-9{_PARTING}{_AS_WRITTEN}]")
"""One of these stands wherever anything is written otherwise than it is read."""
_PLAIN = bytes(octet for octet in range(0x09, 0x7F) if chr(octet) not in "&\\ 0123456789")
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
    # Most of a text is plain: it is dropped first, all at once.
    odd = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")
    if not _NEEDED.search(odd):
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
