"""Ways to write a text so that no view gives a reason to look, and yet whoever knows the text recognises it.

Views (`redoubt.engine.detect.views`) need a mark in the text: base64 looks like base64. A Caesar cipher has none, but the distances from
letter to letter are the same under all 25 of them, so one index of distances finds them all; Atbash turns each distance round.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from redoubt.engine.leak.fold import Folded

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FOLD_DISTANCE = bytes((value % 26) + 97 if value <= 51 else 0 for value in range(256))
_TURN = str.maketrans(_LETTERS, "".join(chr(97 + (26 - i) % 26) for i in range(26)))
_APART = 4
"""Letters that stand alone; fewer spell nothing."""
_VOWELS = "aeiou"
_NO_VOWELS = dict.fromkeys(map(ord, _VOWELS))
_OTHERS = bytes(sorted(set(range(256)) - set(range(97, 123))))


class Reading(NamedTuple):
    """One way to read a text's letters."""

    name: str
    letters: str
    origin: Callable[[int, int], tuple[int, int]]
    """From a non-empty span of `letters` to the span of the text."""


def readings(folded: Folded) -> Iterator[Reading]:
    """Yield the letters as they are, backwards, with each word backwards, with the words in reverse order; words of one letter."""
    letters, words = folded.letters, folded.words
    yield Reading("", letters, folded.span)
    yield Reading("reversed", letters[::-1], partial(_mirrored, folded))
    if len(letters) > len(words):  # else each word is one letter: it reads as it is
        backwards = "".join(words[::-1])
        yield Reading("words-reversed", backwards[::-1], partial(_whole, folded))
        yield Reading("order-reversed", backwards, partial(_whole_mirrored, folded))
        alone = (folded.sizes == 1).nonzero()[0].tolist()
        if len(alone) >= _APART:
            yield Reading("spelled", "".join([words[n] for n in alone]), partial(_apart, folded, alone))


def _mirrored(folded: Folded, start: int, end: int) -> tuple[int, int]:
    total = len(folded.letters)
    return folded.span(total - end, total - start)


def _whole(folded: Folded, start: int, end: int) -> tuple[int, int]:
    first, last = folded.word_at(start), folded.word_at(end - 1)
    return folded.starts[first], folded.ends[last]


def _whole_mirrored(folded: Folded, start: int, end: int) -> tuple[int, int]:
    total = len(folded.letters)
    return _whole(folded, total - end, total - start)


def _apart(folded: Folded, alone: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return folded.starts[alone[start]], folded.ends[alone[end - 1]]


def anagram(folded: Folded) -> str:
    """Return the letters, sorted within each word: the same however the letters of each word were shuffled or turned."""
    letters, sizes = folded.letters, folded.sizes
    if not letters.isascii():
        return "".join(["".join(sorted(word)) for word in folded.words])
    keys = np.arange(0, len(sizes) << 8, 1 << 8, np.uint32).repeat(
        sizes
    )  # the number of the word comes first
    keys |= np.frombuffer(letters.encode(), np.uint8)
    keys.sort()
    return keys.astype(np.uint8).tobytes().decode()


def consonants(plain: str) -> str:
    """Return the letters of ``plain`` (a to z) that are no vowels."""
    return plain.translate(_NO_VOWELS)


def consonant_places(letters: str) -> "array[int]":
    """Return where each of these stands in ``letters``."""
    return array("I", [i for i, c in enumerate(letters) if "a" <= c <= "z" and c not in _VOWELS])


def latin(letters: str) -> str:
    """Return the letters a to z alone."""
    return letters.encode("ascii", "ignore").translate(None, _OTHERS).decode()


def latin_places(letters: str) -> "array[int]":
    """Return where each of `latin`'s letters stands."""
    return array("I", [i for i, c in enumerate(letters) if "a" <= c <= "z"])


def distances(plain: str) -> str:
    """Return how far each letter of ``plain`` (a to z) is from the one before it, around the alphabet, as letters.

    >>> distances("abcab"), distances("bcdbc")
    ('bbyb', 'bbyb')
    """
    if len(plain) < 2:
        return ""
    data = plain.encode()
    # All at once, a byte for each letter: 26 + next - this lies between 1 and 51, so that no byte borrows from its neighbour.
    size = len(data) - 1
    sums = int.from_bytes(data[1:], "little") + int.from_bytes(b"\x1a" * size, "little")
    return (
        (sums - int.from_bytes(data[:-1], "little"))
        .to_bytes(size, "little")
        .translate(_FOLD_DISTANCE)
        .decode()
    )


def turned(distances_: str) -> str:
    """Return the distances of the same text written with the alphabet backwards (Atbash)."""
    return distances_.translate(_TURN)
