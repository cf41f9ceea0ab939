"""Looks in the answer of one exchange for the operator's own text."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import PLAIN, Finding
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.leak.alphabets import Writing, alike, before, writings
from redoubt.engine.leak.chains import Chain
from redoubt.engine.leak.disguises import (
    Reading,
    anagram,
    consonant_places,
    consonants,
    distances,
    latin,
    latin_places,
    readings,
    turned,
)
from redoubt.engine.leak.fillers import sparse
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
_VOWELLED = 10
"""Letters with more than one vowel in so many are words as they are."""
_SPELLED = 1.7
"""Characters for each letter; from here on a text was set apart, letter by letter."""

_BEFORE = 16
"""Characters in front of a stretch that are read."""


class _Look(NamedTuple):
    """Letters in which the operator's may stand, and what finds them there; no letters: it was found already."""

    letters: str | None
    matches: Callable[[], Iterator[Match]]


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
        looks: list[_Look] = []
        values: list[Finding] = []
        for name, form, origin in forms(text, self._reasons):
            folded = Folded(form)
            looks += self._alphabets(form, folded, name, origin)
            if folded.words:
                seen = tuple(readings(folded))
                values += self._secret_values(form, seen, name, origin)
                looks += self._looks(text, form, folded, seen, name, origin)
        found = {(f.start, f.end): f for f in (*values, *self._judged(text, self._matches(looks)))}
        return [found[span] for span in sorted(found)]

    def _looks(
        self, text: str, form: str, folded: Folded, seen: Iterable[Reading], name: str, origin: Map
    ) -> Iterator[_Look]:
        """Yield what one form of the text may hold."""
        for reading in (*seen, *sparse(form, folded)):
            yield _Look(reading.letters, partial(self._runs, text, reading, name, origin))
        plain = latin(folded.letters)
        walk = distances(plain)
        for view, letters in (("caesar", walk), ("atbash", turned(walk))):
            yield _Look(letters, partial(self._ciphers, letters, view, plain, folded, name, origin))
        shuffled, bones = anagram(folded), consonants(plain)
        yield _Look(shuffled, partial(self._anagrams, shuffled, folded, name, origin))
        yield _Look(bones, partial(self._bones, bones, folded, name, origin))
        if chains := list(self._operator.chains.chains(folded)):
            yield _Look(None, partial(self._told, chains, text, folded, name, origin))

    def _matches(self, looks: Sequence[_Look]) -> list[Match]:
        """Return what was found by the looks whose letters the operator's text may hold."""
        caught = self._operator.sieve.caught([look.letters or "" for look in looks])
        return [
            match
            for number, look in enumerate(looks)
            if number in caught or look.letters is None
            for match in look.matches()
        ]

    def _secret_values(self, form: str, seen: Iterable[Reading], name: str, origin: Map) -> Iterator[Finding]:
        for reading in seen if self._operator.values else ():
            for start, end, value in self._operator.values.found(reading):
                span = reading.origin(start, end)
                if stands_alone(form, *span, value) and self._is_secret(value):
                    view = _joined(name, reading.name) or PLAIN
                    yield Finding(CATEGORY, "operator-value", *origin(*span), 1.0, view)

    def _match(
        self, text: str, span: tuple[int, int], words: Collection[int], view: str, letters: str
    ) -> Match:
        """Return a match; what reads the same in the text as written was not disguised, whatever view it was seen in."""
        start, end = span
        if end - start <= _SPELLED * len(letters) + 16 and letters in Folded(text[start:end]).letters:
            return Match(start, end, words, own=_own(text, start))
        return Match(start, end, words, view or "spelled")

    def _runs(self, text: str, reading: Reading, name: str, origin: Map) -> Iterator[Match]:
        view = _joined(name, reading.name)
        for run in self._operator.grams.runs(reading.letters):
            start, end = reading.origin(run.start, run.end)
            words = self._operator.words_of(run.place, run.end - run.start)
            yield self._match(text, origin(start, end), words, view, reading.letters[run.start : run.end])

    def _ciphers(
        self, walk: str, view: str, plain: str, folded: Folded, name: str, origin: Map
    ) -> Iterator[Match]:
        operator, known = self._operator, self._operator.latin_places
        places = latin_places(folded.letters)
        for run in operator.distances.runs(walk):
            first, last = known[run.place], known[run.place + run.end - run.start]
            if view == "caesar" and operator.folded.letters[first] == plain[run.start]:
                continue  # no shift at all
            span = folded.span(places[run.start], places[run.end] + 1)
            words = operator.words_of(first, last + 1 - first)
            yield Match(*origin(*span), words, _joined(name, view))

    def _alphabets(self, form: str, folded: Folded, name: str, origin: Map) -> Iterator[_Look]:
        for writing in writings(form, folded):
            yield _Look(writing.echoes, partial(self._written, writing, name, origin))

    def _written(self, writing: Writing, name: str, origin: Map) -> Iterator[Match]:
        operator = self._operator
        for known in operator.alphabets:
            for run in known.grams.runs(writing.echoes) if writing.may_be(spaced=known.spaced) else ():
                if alike(run, writing.signs, known.text):
                    continue
                more = before(run, writing.signs, known.text)
                start, place = run.start - more, run.place - more
                size = run.end - start
                words = (
                    operator.words_between(place, place + size)
                    if known.spaced
                    else operator.words_of(place, size)
                )
                yield Match(*origin(*writing.span(start, run.end)), words, _joined(name, "alphabet"))

    def _anagrams(self, shuffled: str, folded: Folded, name: str, origin: Map) -> Iterator[Match]:
        for run in self._operator.anagram.runs(shuffled):
            if not alike(run, folded.letters, self._operator.folded.letters):
                words = self._operator.words_of(run.place, run.end - run.start)
                yield Match(*origin(*folded.span(run.start, run.end)), words, _joined(name, "anagram"))

    def _bones(self, bones: str, folded: Folded, name: str, origin: Map) -> Iterator[Match]:
        places, known = consonant_places(folded.letters), self._operator.consonant_places
        for run in self._operator.consonants.runs(bones):
            start, end = places[run.start], places[run.end - 1] + 1
            if _VOWELLED * sum(map(folded.letters[start:end].count, "aeiou")) > end - start:
                continue  # words as they are
            first, last = known[run.place], known[run.place + run.end - run.start - 1] + 1
            words = self._operator.words_of(first, last - first)
            yield Match(*origin(*folded.span(start, end)), words, _joined(name, "no-vowels"))

    def _told(
        self, chains: Iterable[Chain], text: str, folded: Folded, name: str, origin: Map
    ) -> Iterator[Match]:
        for found in chains:
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
