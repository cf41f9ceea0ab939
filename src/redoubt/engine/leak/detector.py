"""Looks in the answer of one exchange for the operator's own text."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import PLAIN, Finding
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.leak.disguises import (
    Reading,
    before,
    distances,
    echoes,
    latin,
    latin_places,
    readings,
    turned,
)
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.forms import Map, forms
from redoubt.engine.leak.interface import SETTINGS
from redoubt.engine.leak.judge import Match, stretches
from redoubt.engine.leak.language import CUE, SELF
from redoubt.engine.leak.operator import OperatorText
from redoubt.engine.leak.values import Values, stands_alone

CATEGORY = "leak.system_prompt"
FLOOR = 0.2
"""Stretches of less confidence are not reported at all: every answer shares a word with its instructions."""
_SPELLED = 1.7
"""Characters for each letter; from here on a text was set apart, letter by letter."""

_BEFORE = 16
"""Characters in front of a stretch that are read."""


class OperatorLeak:
    """A detector for one exchange (`redoubt.engine.leak.interface.Beside`)."""

    id = "leak"

    def __init__(self, operator: OperatorText, known: Callable[[], Sequence[str]], reasons: Reasons) -> None:
        """``known`` returns the texts that are the caller's own; it is asked when there is something to compare with them."""
        self._operator, self._known, self._reasons = operator, known, reasons
        self._heard: set[int] | None = None
        self._values: Values | None = None

    def detect(self, segment: Segment, _findings: Sequence[Finding] = ()) -> Iterable[Finding]:
        """Return all stretches of the text that are the operator's, in any view. Linear in the text.

        Where an answer repeats the request's settings, as the Responses API does, the operator's text stands in its own place and tells
        nobody anything.
        """
        if segment.role in SETTINGS:
            return []
        text = segment.text
        matches: list[Match] = []
        values: list[Finding] = []
        cues: list[int] = []
        for name, form, origin in forms(text, self._reasons):
            folded = Folded(form)
            if not folded.words:
                continue
            cues += (found.start() for found in CUE.finditer(form.lower())) if not name else ()
            for reading in readings(folded):
                view = "+".join(filter(None, (name, reading.name)))
                values += self._secret_values(form, reading, view, origin)
                matches += self._runs(text, reading, view, origin)
            matches += self._ciphers(folded, name, origin)
            matches += self._alphabets(folded, name, origin)
            matches += self._chains(text, folded, name, origin)
        found = {(f.start, f.end): f for f in (*values, *self._judged(matches, cues))}
        return [found[span] for span in sorted(found)]

    def _secret_values(self, form: str, reading: Reading, view: str, origin: Map) -> Iterator[Finding]:
        values = self._operator.values
        if not values:
            return
        for start, end, value in values.found(reading):
            span = reading.origin(start, end)
            if stands_alone(form, *span, value) and self._is_secret(value):
                yield Finding(CATEGORY, "operator-value", *origin(*span), 1.0, view or PLAIN)

    def _match(
        self, text: str, span: tuple[int, int], words: Collection[int], view: str, letters: str
    ) -> Match:
        """Return a match; what reads the same in the text as written was not disguised, whatever view it was seen in."""
        start, end = span
        if end - start <= _SPELLED * len(letters) + 16 and letters in Folded(text[start:end]).letters:
            return Match(start, end, words, own=_own(text, start))
        return Match(start, end, words, view or "spelled")

    def _runs(self, text: str, reading: Reading, view: str, origin: Map) -> Iterator[Match]:
        for run in self._operator.grams.runs(reading.letters):
            start, end = reading.origin(run.start, run.end)
            words = self._operator.words_of(run.place, run.end - run.start)
            yield self._match(text, origin(start, end), words, view, reading.letters[run.start : run.end])

    def _ciphers(self, folded: Folded, name: str, origin: Map) -> Iterator[Match]:
        plain = latin(folded.letters)
        written = distances(plain)
        places = None
        for view, letters in (("caesar", written), ("atbash", turned(written))):
            for run in self._operator.distances.runs(letters):
                known = self._operator.latin_places
                first, last = known[run.place], known[run.place + run.end - run.start]
                if view == "caesar" and self._operator.folded.letters[first] == plain[run.start]:
                    continue  # no shift at all
                places = latin_places(folded.letters) if places is None else places
                span = folded.span(places[run.start], places[run.end] + 1)
                words = self._operator.words_of(first, last + 1 - first)
                yield Match(*origin(*span), words, f"{name}+{view}" if name else view)

    def _alphabets(self, folded: Folded, name: str, origin: Map) -> Iterator[Match]:
        known, letters = self._operator.folded.letters, folded.letters
        for run in self._operator.echoes.runs(echoes(letters)):
            size = run.end - run.start
            same = sum(map(str.__eq__, letters[run.start : run.end], known[run.place : run.place + size]))
            if 2 * same > size:
                continue  # the same alphabet: another price in the operator's words changes few letters
            more = before(run, letters, known)
            words = self._operator.words_of(run.place - more, size + more)
            span = origin(*folded.span(run.start - more, run.end))
            yield Match(*span, words, f"{name}+alphabet" if name else "alphabet")

    def _chains(self, text: str, folded: Folded, name: str, origin: Map) -> Iterator[Match]:
        for found in self._operator.chains.chains(folded):
            span = origin(folded.starts[found.first], folded.ends[found.last])
            letters = "".join(folded.words[found.first : found.last + 1])
            if name:
                yield self._match(text, span, found.words, name, letters)
            else:
                yield Match(*span, found.words, own=_own(text, span[0]))

    def _judged(self, matches: list[Match], cues: list[int]) -> Iterator[Finding]:
        if not matches:
            return
        if not any(s.confidence >= FLOOR for s in stretches(matches, self._operator, (), cues)):
            return
        for stretch in stretches(matches, self._operator, self._heard_words(), cues):
            if stretch.confidence >= FLOOR:
                yield Finding(
                    CATEGORY,
                    "operator-text",
                    stretch.start,
                    stretch.end,
                    round(stretch.confidence, 4),
                    stretch.view or PLAIN,
                )

    def _heard_words(self) -> set[int]:
        """Return the operator's words that the caller's own texts hold."""
        if self._heard is None:
            self._heard = {number for text in self._known() for number in self._operator.covered(text)}
        return self._heard

    def _is_secret(self, value: str) -> bool:
        """Tell whether the caller does not know the value."""
        if self._values is None:
            self._values = self._operator.values.without([Folded(text).letters for text in self._known()])
        return value in self._values


def _own(text: str, start: int) -> bool:
    """Tell whether the assistant speaks of itself in what begins at ``start``."""
    before = Folded(text[max(0, start - _BEFORE) : start]).words
    return not SELF.isdisjoint(before[-2:])
