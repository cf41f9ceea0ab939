"""All ways in which an answer may hold the operator's words, each with the letters that tell of it."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import NamedTuple

from redoubt.engine.leak import alphabets
from redoubt.engine.leak.alphabets import Writing, alike, before, writings
from redoubt.engine.leak.disguises import (
    anagram,
    consonant_places,
    consonants,
    distances,
    latin_places,
    turned,
)
from redoubt.engine.leak.fillers import SPARSE
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.operator import OperatorText, Repeated
from redoubt.engine.leak.readings import READINGS, Reading

_VOWELLED = 10
"""Letters with more than one vowel in so many are words as they are."""


class Trace(NamedTuple):
    """The operator's words in a text."""

    start: int
    end: int
    words: Collection[int]
    letters: str = ""
    """As they were read, where they may be written so: then nothing was disguised."""


class Way(NamedTuple):
    """One way to write what an operator wrote."""

    name: str
    row: Callable[[Folded], str]
    """Returns letters, or what stands for them, that share a gram with the operator's where anything was written this way."""
    traces: Callable[[OperatorText, Folded, str], Iterator[Trace]]
    """Finds what was written this way, given the row too."""


def _runs(reading: Reading, operator: OperatorText, folded: Folded, row: str) -> Iterator[Trace]:
    back = reading.back(folded)
    for run in operator.grams.runs(row):
        words = operator.words_of(run.place, run.end - run.start)
        yield Trace(*back(run.start, run.end), words, row[run.start : run.end])


def _caesar(operator: OperatorText, folded: Folded, row: str) -> Iterator[Trace]:
    for first, last, words, shifted in _shifts(operator, folded, row):
        if shifted:
            yield Trace(first, last, words)


def _atbash(operator: OperatorText, folded: Folded, row: str) -> Iterator[Trace]:
    for first, last, words, _ in _shifts(operator, folded, row):
        yield Trace(first, last, words)


def _shifts(
    operator: OperatorText, folded: Folded, row: str
) -> Iterator[tuple[int, int, Collection[int], bool]]:
    """Yield (start, end, words, whether the first letter is another one)."""
    known, places = operator.latin_places, latin_places(folded.letters)
    for run in operator.distances.runs(row):
        first, last = known[run.place], known[run.place + run.end - run.start]
        words = operator.words_of(first, last + 1 - first)
        shifted = operator.folded.letters[first] != folded.plain[run.start]
        yield *folded.span(places[run.start], places[run.end] + 1), words, shifted


def _alphabets(operator: OperatorText, folded: Folded, _row: str) -> Iterator[Trace]:
    for writing in writings(folded):
        for known in operator.alphabets:
            if writing.may_be(spaced=known.spaced):
                yield from _written(operator, writing, known)


def _written(operator: OperatorText, writing: Writing, known: Repeated) -> Iterator[Trace]:
    for run in known.grams.runs(writing.echoes):
        if alike(run, writing.signs, known.text):
            continue
        more = before(run, writing.signs, known.text)
        start, place = run.start - more, run.place - more
        size = run.end - start
        words = (
            operator.words_between(place, place + size) if known.spaced else operator.words_of(place, size)
        )
        yield Trace(*writing.span(start, run.end), words)


def _anagrams(operator: OperatorText, folded: Folded, row: str) -> Iterator[Trace]:
    for run in operator.anagram.runs(row):
        if not alike(run, folded.letters, operator.folded.letters):
            words = operator.words_of(run.place, run.end - run.start)
            yield Trace(*folded.span(run.start, run.end), words)


def _bones(operator: OperatorText, folded: Folded, row: str) -> Iterator[Trace]:
    known, places = operator.consonant_places, consonant_places(folded.letters)
    for run in operator.consonants.runs(row):
        start, end = places[run.start], places[run.end - 1] + 1
        if _VOWELLED * sum(map(folded.letters[start:end].count, "aeiou")) > end - start:
            continue  # words as they are
        first, last = known[run.place], known[run.place + run.end - run.start - 1] + 1
        yield Trace(*folded.span(start, end), operator.words_of(first, last - first))


WAYS = (
    Way("alphabet", alphabets.row, _alphabets),
    *(Way(reading.name, reading.letters, partial(_runs, reading)) for reading in (*READINGS, *SPARSE)),
    Way("caesar", lambda folded: distances(folded.plain), _caesar),
    Way("atbash", lambda folded: turned(distances(folded.plain)), _atbash),
    Way("anagram", anagram, _anagrams),
    Way("no-vowels", lambda folded: consonants(folded.plain), _bones),
)
"""In the order in which one of several names is chosen for what they find at the same place."""
