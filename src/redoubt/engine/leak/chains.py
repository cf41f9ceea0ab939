"""Sentences told in other words: enough of a sentence's own words, in their order, close together."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.sentences import Unit, weight

SHARE = 0.6
"""Of a sentence's own words, so many must follow one another."""
FEWEST = 5
COMMON = 8
"""A word that stands in more units than this is nobody's own."""
_STEM = 6
_LEAD = 4
"""Words in front of the first one that are compared as well."""

_Links = list[tuple[int, int]]
"""Pairs of a word of the text that is searched and the operator's word that it is; both numbers ascend."""


class Chain(NamedTuple):
    """The words ``first`` to ``last`` of the text that was searched, which follow the ``words`` of the operator's."""

    first: int
    last: int
    words: tuple[int, ...]


def stem(word: str) -> str:
    """Return a word without what grammar adds to it, by rule of thumb: the first six letters, no plural.

    >>> stem("reveals") == stem("revealing"), stem("codes") == stem("code")
    (True, True)
    """
    return word[:_STEM] if len(word) > _STEM else word.removesuffix("s")


class Chains:
    """The sentences of a text that is known, by their own words."""

    __slots__ = ("_fewest", "_places", "_sizes", "_units", "_words")

    def __init__(self, words: Sequence[str], units: Sequence[Unit]) -> None:
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._words, self._units = words, units
        self._sizes = [0] * len(units)
        for index, unit in enumerate(units):
            seen: set[str] = set()
            for number in range(unit.first, unit.last):
                if weight(words[number]) == 0.0 or (key := stem(words[number])) in seen:
                    continue
                seen.add(key)
                if len(places[key]) <= COMMON:
                    places[key].append((index, number))
        self._places = {key: found for key, found in places.items() if len(found) <= COMMON}
        for found in self._places.values():
            for index, _ in found:
                self._sizes[index] += 1
        self._fewest = [max(FEWEST, ceil(SHARE * size)) for size in self._sizes]

    def chains(self, folded: Folded) -> Iterator[Chain]:
        """Yield the longest chains of the sentences that were told, where they were. Linear: of each sentence little is remembered."""
        likely = self._likely(folded)
        if not likely:
            return
        told: dict[int, _Told] = {}
        for at, word in enumerate(folded.words):
            for index, number in self._places.get(stem(word), ()):
                if index not in likely:
                    continue
                sentence = told.get(index)
                if sentence is None:
                    unit = self._units[index]
                    sentence = told[index] = _Told(
                        self._fewest[index], self._sizes[index], 2 * (unit.last - unit.first) + 10
                    )
                sentence.hear(at, number)
        for index, sentence in told.items():
            for links in sentence.close():
                yield self._filled(links, self._units[index], folded.words)

    def _likely(self, folded: Folded) -> set[int]:
        """Return the sentences of which a text holds enough words, wherever they stand: no others can be told."""
        heard: dict[int, int] = {}
        for key in self._places.keys() & set(map(stem, folded.vocabulary)):
            for index, _ in self._places[key]:
                heard[index] = heard.get(index, 0) + 1
        return {index for index, times in heard.items() if times >= self._fewest[index]}

    def _filled(self, links: _Links, unit: Unit, words: Sequence[str]) -> Chain:
        """Add the small words that stand between the same words in both texts, and in front of the first."""
        at, number = max(0, links[0][0] - _LEAD), unit.first
        first = links[0][0]
        found: list[int] = []
        for next_at, next_number in links:
            between = {self._words[n]: n for n in range(number, next_number)}
            for i in range(at, next_at):
                if words[i] in between:
                    found.append(between.pop(words[i]))
                    first = min(first, i)
            found.append(next_number)
            at, number = next_at + 1, next_number + 1
        return Chain(first, links[-1][0], tuple(found))


class _Told:
    """What of one sentence was heard lately."""

    __slots__ = ("_chains", "_fewest", "_heard", "_most", "_span")

    def __init__(self, fewest: int, size: int, span: int) -> None:
        """``size`` are the sentence's own words, ``fewest`` so many must be heard, ``span`` the words of a text among which they stand."""
        self._fewest = fewest
        self._most, self._span = 2 * size, span
        self._heard: _Links = []
        self._chains: list[_Links] = []

    def hear(self, at: int, number: int) -> None:
        """Take the next word; what is too old to belong to it is looked at for the last time."""
        heard = self._heard
        if heard and (len(heard) >= self._most or heard[0][0] < at - 2 * self._span):
            self._look()
            self._heard = heard = [link for link in heard[len(heard) // 2 :] if link[0] >= at - self._span]
        heard.append((at, number))

    def close(self) -> list[_Links]:
        """Return the chains, of those that overlap the longest."""
        self._look()
        return self._chains

    def _look(self) -> None:
        if len(self._heard) < self._fewest:
            return
        links = _ascending(self._heard)
        if len(links) < self._fewest:
            return
        if self._chains and self._chains[-1][-1][0] >= links[0][0]:
            if len(links) > len(self._chains[-1]):
                self._chains[-1] = links
        else:
            self._chains.append(links)


def _ascending(links: _Links) -> _Links:
    """Return a longest part of ``links`` in which the operator's words ascend (patience sorting, n log n)."""
    tails: list[int] = []
    ends: list[int] = []
    before = [-1] * len(links)
    for i, (_, number) in enumerate(links):
        place = bisect_left(tails, number)
        before[i] = ends[place - 1] if place else -1
        tails[place : place + 1] = [number]
        ends[place : place + 1] = [i]
    found: _Links = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(links[at])
        at = before[at]
    return found[::-1]
