"""A marker in the operator's text that nobody knows and nothing needs: where it turns up, the text was repeated."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from redoubt.domain.exchange import Role, Segment, Syntax, Trust
from redoubt.domain.finding import PLAIN, Finding
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.leak.disguises import distances, latin_places, turned
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.forms import forms
from redoubt.engine.leak.interface import SETTINGS
from redoubt.engine.leak.readings import READINGS

CATEGORY = "leak.canary"
LETTERS = 24
"""Of a marker: letters alone, so that it survives whatever is done to letters. 2^112 of them."""
_PART = 12
"""So many letters of it in a row are no accident: 2^56."""


def marker(secret: bytes) -> str:
    """Return a marker of `LETTERS` letters from 16 bytes or more that nobody can guess."""
    number = int.from_bytes(secret, "big")
    letters = []
    for _ in range(LETTERS):
        number, letter = divmod(number, 26)
        letters.append(chr(97 + letter))
    return "".join(letters)


def line(mark: str) -> str:
    """Return the comment that is appended to the operator's text."""
    return f"\n\n<!-- {mark} -->"


def place(segments: Sequence[Segment]) -> Segment | None:
    """Return the segment that a comment may be appended to: the operator's first; None where there is none."""
    for segment in segments:
        spoken = segment.role in (Role.SYSTEM, Role.DEVELOPER) and segment.trust is Trust.OPERATOR
        if spoken and segment.syntax is Syntax.PLAIN and segment.path and any(map(str.isspace, segment.text)):
            return segment
    return None


class Canary:
    """Looks for the marker of one exchange (`redoubt.engine.leak.interface.Beside`)."""

    id = "canary"

    def __init__(self, mark: str, reasons: Reasons) -> None:
        self._reasons = reasons
        self._parts = tuple(mark[at : at + _PART] for at in range(0, LETTERS - _PART + 1))
        walk = distances(mark)
        self._walks = tuple(walk[at : at + _PART] for at in range(0, len(walk) - _PART + 1))

    def detect(self, segment: Segment, _findings: Sequence[Finding] = ()) -> Iterable[Finding]:
        """Return each place where half of the marker stands, in any view, in any cipher that shifts letters, whole or set apart.

        The settings of the request that some providers repeat hold it by right.
        """
        if segment.role in SETTINGS:
            return []
        found = {
            origin(*span): Finding(CATEGORY, "marker", *origin(*span), 1.0, name or PLAIN)
            for name, form, origin in forms(segment.text, self._reasons)
            for span in self._seen(form)
        }
        return [found[span] for span in sorted(found)]

    def _seen(self, form: str) -> Iterator[tuple[int, int]]:
        folded = Folded(form)
        if not folded.words:
            return
        for reading in READINGS:
            for span in _places(reading.letters(folded), self._parts, _PART):
                yield reading.back(folded)(*span)
        walked = distances(folded.plain)
        for letters in (walked, turned(walked)):
            spans = list(_places(letters, self._walks, _PART))
            if spans:
                places = latin_places(folded.letters)
                for start, end in spans:
                    yield folded.span(places[start], places[end] + 1)


def _places(text: str, parts: Sequence[str], length: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of ``text`` in which parts stand, those that overlap as one."""
    begins = sorted({at for part in parts for at in _all(text, part)})
    current: tuple[int, int] | None = None
    for at in begins:
        if current is not None and at <= current[1]:
            current = (current[0], at + length)
            continue
        if current is not None:
            yield current
        current = (at, at + length)
    if current is not None:
        yield current


def _all(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def without(mark: str, segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with something else in the place of the marker."""
    return tuple(
        replace(segment, text=segment.text.replace(mark, f"[REDACTED:{CATEGORY}]"))
        if mark in segment.text
        else segment
        for segment in segments
    )
