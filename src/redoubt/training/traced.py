"""Where the order stands in a poisoned document of which it is only known that it holds one.

Such documents were made by slipping an order into a text that also lies among the harmless ones. So the words that no harmless document
holds in that sequence are the order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from redoubt.training.example import DOCUMENT, ORDER, Example, Span

WORDS: Final = 5
"""Words in a row by which a passage is known again."""
FEWEST, MOST = 4, 80
"""Words of an order."""
KNOWN: Final = 0.3
"""Share of a document's words that must be known: where its carrier is not among the harmless ones, nothing can be said."""
_WORD = re.compile(r"\w+")

Words = Sequence[tuple[int, int, str]]
"""Begin, end, and what it says."""


def traced(examples: Sequence[Example]) -> list[Example]:
    """Return the examples, with the orders marked that can be told from the harmless documents among them."""
    known = {
        passage
        for e in examples
        if e.task == DOCUMENT and not e.label
        for passage in _passages(_words(e.text))
    }
    return [_marked(e, known) if e.task == DOCUMENT and e.label and not e.spans else e for e in examples]


def _marked(example: Example, known: set[tuple[str, ...]]) -> Example:
    words = _words(example.text)
    heard = [False] * len(words)
    for first, passage in enumerate(_passages(words)):
        if passage in known:
            heard[first : first + WORDS] = [True] * WORDS
    first, last = max(_gaps(heard), key=lambda gap: gap[1] - gap[0], default=(0, 0))
    if not FEWEST <= last - first <= MOST or sum(heard) < KNOWN * len(words):
        return example
    return replace(example, spans=(Span(words[first][0], words[last - 1][1], ORDER),))


def _words(text: str) -> Words:
    return [(*found.span(), found[0].casefold()) for found in _WORD.finditer(text)]


def _passages(words: Words) -> Iterator[tuple[str, ...]]:
    said = [word for _, _, word in words]
    for first in range(len(said) - WORDS + 1):
        yield tuple(said[first : first + WORDS])


def _gaps(heard: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Yield where words that were not heard before begin and end."""
    begin, place = 0, -1
    for place, known in enumerate(heard):
        if known:
            if begin < place:
                yield begin, place
            begin = place + 1
    if begin <= place:
        yield begin, place + 1
