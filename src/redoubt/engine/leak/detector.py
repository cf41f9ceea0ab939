"""Looks in the answer of one exchange for the operator's own text."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import PLAIN, Finding
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.forms import Map, forms
from redoubt.engine.leak.interface import SETTINGS
from redoubt.engine.leak.judge import Match, stretches
from redoubt.engine.leak.language import CUE, SELF
from redoubt.engine.leak.operator import OperatorText
from redoubt.engine.leak.readings import READINGS
from redoubt.engine.leak.values import Values, stands_alone
from redoubt.engine.leak.ways import WAYS, Trace

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
        values: list[Finding] = []
        matches: list[Match] = []
        for name, form, origin in forms(text, self._reasons):
            if not self._operator:
                continue  # but what cannot be read in all its forms fails nevertheless
            folded = Folded(form)
            rows = [way.row(folded) for way in WAYS]
            for number in self._operator.sieve.caught(rows):
                way = WAYS[number]
                traces = way.traces(self._operator, folded, rows[number])
                matches += self._matches(text, traces, _joined(name, way.name), origin)
            matches += self._told(text, folded, name, origin)
            if self._operator.values.within(" ".join(rows)):
                values += self._secret_values(folded, name, origin)
        found = {(f.start, f.end): f for f in (*values, *self._judged(text, matches))}
        return [found[span] for span in sorted(found)]

    def _secret_values(self, folded: Folded, name: str, origin: Map) -> Iterator[Finding]:
        for reading in READINGS:
            back = reading.back(folded)
            for start, end, value in self._operator.values.found(reading.letters(folded)):
                span = back(start, end)
                if stands_alone(folded.text, *span, value) and self._is_secret(value):
                    view = _joined(name, reading.name) or PLAIN
                    yield Finding(CATEGORY, "operator-value", *origin(*span), 1.0, view)

    def _matches(self, text: str, traces: Iterable[Trace], view: str, origin: Map) -> Iterator[Match]:
        for start, end, words, letters in traces:
            span = origin(start, end)
            yield self._match(text, span, words, view, letters) if letters else Match(*span, words, view)

    def _match(
        self, text: str, span: tuple[int, int], words: Collection[int], view: str, letters: str
    ) -> Match:
        """Return a match; what reads the same in the text as written was not disguised, whatever view it was seen in."""
        start, end = span
        if end - start <= _SPELLED * len(letters) + 16 and letters in Folded(text[start:end]).letters:
            return Match(start, end, words, own=_own(text, start))
        return Match(start, end, words, view or "spelled")

    def _told(self, text: str, folded: Folded, name: str, origin: Map) -> Iterator[Match]:
        for found in self._operator.chains.chains(folded):
            span = origin(folded.starts[found.first], folded.ends[found.last])
            letters = "".join(folded.words[found.first : found.last + 1])
            if name:
                yield self._match(text, span, found.words, name, letters)
            else:
                yield Match(*span, found.words, own=_own(text, span[0]))

    def _judged(self, text: str, matches: list[Match]) -> Iterator[Finding]:
        if not matches:
            return
        cues = [found.start() for found in CUE.finditer(text.lower())]
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


def _joined(*names: str) -> str:
    return "+".join(filter(None, names))


def _own(text: str, start: int) -> bool:
    """Tell whether the assistant speaks of itself in what begins at ``start``."""
    before = Folded(text[max(0, start - _BEFORE) : start]).words
    return not SELF.isdisjoint(before[-2:])
