"""Sentences told in other words: enough of a sentence's own words, in their order, close together."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.sentences import Unit, weight

SHARE = 0.6
"""Of a sentence's own words, so many must follow one another."""
FEWEST = 5
COMMON = 8
"""A word that stands in more units than this is nobody's own."""
_STEM = 6


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

    __slots__ = ("_places", "_sizes", "_spans")

    def __init__(self, words: Sequence[str], units: Sequence[Unit]) -> None:
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._sizes = [0] * len(units)
        self._spans = [0] * len(units)
        for index, unit in enumerate(units):
            seen: set[str] = set()
            for number in range(unit.first, unit.last):
                if weight(words[number]) == 0.0 or (key := stem(words[number])) in seen:
                    continue
                seen.add(key)
                if len(places[key]) <= COMMON:
                    places[key].append((index, number))
            self._spans[index] = 2 * (unit.last - unit.first) + 10
        self._places = {key: found for key, found in places.items() if len(found) <= COMMON}
        for found in self._places.values():
            for index, _ in found:
                self._sizes[index] += 1

    def chains(self, folded: Folded) -> Iterator[Chain]:
        """Yield the longest chain of each sentence that was told, where it was. Linear: what is remembered of a sentence is bounded."""
        recent: dict[int, deque[tuple[int, int]]] = {}
        best: dict[int, Chain] = {}
        for at, word in enumerate(folded.words):
            for index, number in self._places.get(stem(word), ()) if weight(word) else ():
                size = self._sizes[index]
                if size < FEWEST:
                    continue
                seen = recent.get(index)
                if seen is None:
                    seen = recent[index] = deque(maxlen=2 * size)
                seen.append((at, number))
                while seen[0][0] < at - self._spans[index]:
                    seen.popleft()
                need = max(FEWEST, SHARE * size)
                if len(seen) < need:
                    continue
                chain = _ascending(seen)
                if len(chain) < need:
                    continue
                known = best.get(index)
                if known is not None and known.last < chain[0][0]:
                    yield known
                    known = None
                if known is None or len(chain) > len(known.words):
                    best[index] = Chain(chain[0][0], chain[-1][0], tuple(n for _, n in chain))
        yield from best.values()


def _ascending(seen: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a longest ascending sequence of operator's words among at most some thirty. It ends where it ends first."""
    items = list(seen)
    length, before = [1] * len(items), [-1] * len(items)
    for i, (_, number) in enumerate(items):
        for j in range(i):
            if items[j][1] < number and length[j] >= length[i]:
                length[i], before[i] = length[j] + 1, j
    at = max(range(len(items)), key=length.__getitem__, default=-1)
    chain = []
    while at >= 0:
        chain.append(items[at])
        at = before[at]
    return chain[::-1]
