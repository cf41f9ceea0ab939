"""Runs that two texts share letter by letter, found by their grams.

The grams of every eighth place of one text are looked up among the grams of all places of the other (for a very long operator's text it is
the other way round), so that a shared run of `SHORTEST` letters holds at least one of them: the guarantee of winnowing (Schleimer,
Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", 2003), with positions for fingerprints.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

GRAM = 16
STEP = 8
SHORTEST = GRAM + STEP - 1
"""Letters; every shared run that is so long is found."""
LARGE = 1 << 17
"""Letters; of a longer text only every eighth gram is kept."""
DIFFERENT = 5
"""Fewer different letters make no gram: "=====" and "hahaha" are nobody's."""


class Run(NamedTuple):
    """The letters ``start:end`` of the text that was searched, which stand at ``place`` of the text that is known."""

    start: int
    end: int
    place: int


def stride(known: str) -> int:
    """Return at how many letters from each other the grams of a text that is known are taken."""
    return STEP if len(known) > LARGE else 1


class Grams:
    """The grams of a text that is known. They are taken when they are first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        """The text, of letters or of what stands for letters."""
        self._step = 1 if stride(text) == STEP else STEP

    @cached_property
    def _places(self) -> dict[str, int]:
        text, apart = self.text, stride(self.text)
        last = max(0, len(text) - GRAM + apart) // apart * apart
        # Backwards, so that of equal grams the first one stays.
        return {text[at : at + GRAM]: at for at in range(last - apart, -1, -apart)}

    def runs(self, text: str) -> Iterator[Run]:
        """Yield the runs of ``text`` that are known, in order; they may overlap by less than a gram. Linear."""
        at = done = 0
        while (found := self._first(text, at)) is not None:
            at, place = found
            start, end = self._widened(text, at, place, done)
            yield Run(start, end, place - (at - start))
            done = end
            at = max(at + 1, end - GRAM + 1)

    def _first(self, text: str, begin: int) -> tuple[int, int] | None:
        """Return where the first gram stands that is known, and where it does there."""
        known = self._places.get
        for at in range(begin, len(text) - GRAM + 1, self._step):
            gram = text[at : at + GRAM]
            place = known(gram)
            if place is not None and len(set(gram)) >= DIFFERENT:
                return at, place
        return None

    def _widened(self, text: str, at: int, place: int, floor: int) -> tuple[int, int]:
        """Return the longest run around ``at`` that does not begin before ``floor``."""
        known, start, back = self.text, at, place
        while start > floor and back > 0 and text[start - 1] == known[back - 1]:
            start, back = start - 1, back - 1
        end, ahead = at + GRAM, place + GRAM
        while end < len(text) and ahead < len(known):
            size = min(64, len(text) - end, len(known) - ahead)
            if text[end : end + size] == known[ahead : ahead + size]:
                end, ahead = end + size, ahead + size
                continue
            while text[end] == known[ahead]:
                end, ahead = end + 1, ahead + 1
            break
        return start, end
