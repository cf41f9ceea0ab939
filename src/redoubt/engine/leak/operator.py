"""The operator's text of an exchange, read once: its sentences, its grams, its secret values."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from redoubt.engine.leak.alphabets import echoes
from redoubt.engine.leak.chains import Chains
from redoubt.engine.leak.disguises import (
    anagram,
    consonant_places,
    consonants,
    distances,
    latin_places,
)
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.runs import Grams
from redoubt.engine.leak.sentences import Unit, sayable, units, weight
from redoubt.engine.leak.sieve import Sieve
from redoubt.engine.leak.values import Values, secrets

SHORTEST_TEXT = 40
"""Characters; of an operator's text that is shorter only the secret values are looked for."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A text as `echoes` of it."""

    text: str
    grams: Grams
    spaced: bool
    """Whether it has blanks and marks."""


class OperatorText:
    """What an answer is compared with. It is made once for each different text and kept."""

    def __init__(
        self, texts: Sequence[str], tools: Sequence[str] = (), shareable: Sequence[str] = ()
    ) -> None:
        """``texts`` are the operator's words, ``tools`` the descriptions of tools; ``shareable`` may stand in any answer."""
        spoken = "\n".join(texts)
        self.text = text = "\n".join((spoken, *tools)) if tools else spoken
        """All of it, as written."""
        self.size = len(text)
        """Characters: what it costs to keep."""
        self.folded = Folded(text)
        long = len(text.strip()) >= SHORTEST_TEXT
        self.units: tuple[Unit, ...] = tuple(units(text, self.folded, len(spoken))) if long else ()
        self.weights = array("f", map(weight, self.folded.words))
        """Of each word; 0 for what says nothing."""
        self.unit_of = array("I", [0]) * len(self.folded.words)
        for index, unit in enumerate(self.units):
            for number in range(unit.first, unit.last):
                self.unit_of[number] = index
        self.grams = Grams(self.folded.letters if long else "")
        self.chains = Chains(self.folded.words, self.units)
        allowed = [*shareable, *(text[start:end] for start, end in sayable(text))]
        hushed = Values(list(secrets(text)))
        self.values = hushed.without([Folded(each).letters for each in shareable])
        for each in allowed:
            for number in self.covered(each):
                self.weights[number] = 0.0

    def __bool__(self) -> bool:
        """Tell whether there is anything to look for."""
        return bool(self.units or self.values)

    @cached_property
    def sieve(self) -> Sieve:
        """What tells which readings of an answer may share a gram with any of the texts below."""
        spelled, spaced = self.alphabets
        known = (self.grams, self.distances, spelled.grams, spaced.grams, self.anagram, self.consonants)
        return Sieve([grams.text for grams in known])

    @cached_property
    def distances(self) -> Grams:
        """The grams of the distances from letter to letter, by which ciphers are found."""
        return Grams(distances(self.folded.plain) if self.units else "")

    @cached_property
    def alphabets(self) -> tuple[Repeated, Repeated]:
        """What is repeated in the letters alone, and in the whole text, by which other alphabets are found."""
        letters, text = self.folded.letters if self.units else "", self.text if self.units else ""
        return (
            Repeated(letters, Grams(echoes(letters)), spaced=False),
            Repeated(text, Grams(echoes(text)), spaced=True),
        )

    @cached_property
    def anagram(self) -> Grams:
        """The grams of the letters, sorted within each word."""
        return Grams(anagram(self.folded) if self.units else "")

    @cached_property
    def consonants(self) -> Grams:
        """The grams of the letters from a to z that are no vowels."""
        return Grams(consonants(self.folded.plain) if self.units else "")

    @cached_property
    def consonant_places(self) -> "array[int]":
        """Where each consonant stands among all letters."""
        return consonant_places(self.folded.letters)

    @cached_property
    def latin_places(self) -> "array[int]":
        """Where each letter from a to z stands among all letters."""
        return latin_places(self.folded.letters)

    def covered(self, text: str) -> set[int]:
        """Return the numbers of the words that ``text`` holds too, in runs or in sentences told in other words."""
        folded = Folded(text)
        held = {
            n
            for run in self.grams.runs(folded.letters)
            for n in self.words_of(run.place, run.end - run.start)
        }
        short = folded.letters
        if 0 < len(short) < 64:
            # A short text may hold no gram, or end in the middle of one.
            at = self.folded.letters.find(short)
            while at >= 0:
                held.update(self.words_of(at, len(short)))
                at = self.folded.letters.find(short, at + len(short))
        held.update(n for chain in self.chains.chains(folded) for n in chain.words)
        return held

    def words_of(self, place: int, length: int) -> range:
        """Return the numbers of the words that stand at ``place`` among the letters."""
        return self.folded.words_in(place, place + length)

    def words_between(self, start: int, end: int) -> range:
        """Return the numbers of the words that lie whole in ``text[start:end]``."""
        return range(bisect_left(self.folded.starts, start), bisect_right(self.folded.ends, end))
