"""Ways to write a text so that no view gives a reason to look, and yet whoever knows the text recognises it.

Views (`redoubt.engine.detect.views`) need a mark in the text: base64 looks like base64. A Caesar cipher has none, but the distances from
letter to letter are the same under all 25 of them, so one index of distances finds them all; Atbash turns each distance round.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from redoubt.engine.leak.fold import Folded

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FOLD_DISTANCE = bytes((value % 26) + 97 if value <= 51 else 0 for value in range(256))
_TURN = str.maketrans(_LETTERS, "".join(chr(97 + (26 - i) % 26) for i in range(26)))
_APART = 4
"""Letters that stand alone; fewer spell nothing."""
_VOWELS = "aeiou"
_NO_VOWELS = dict.fromkeys(map(ord, _VOWELS))
_OTHERS = bytes(sorted(set(range(256)) - set(range(97, 123))))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text's letters."""

    name: str
    letters: str
    origin: Callable[[int, int], tuple[int, int]]
    """From a non-empty span of `letters` to the span of the text."""


def readings(folded: Folded) -> Iterator[Reading]:
    """Yield the letters as they are, backwards, with each word backwards, with the words in reverse order."""
    letters, total = folded.letters, len(folded.letters)

    def mirrored(start: int, end: int) -> tuple[int, int]:
        return folded.span(total - end, total - start)

    def whole(start: int, end: int) -> tuple[int, int]:
        first, last = folded.word_at(start), folded.word_at(end - 1)
        return folded.starts[first], folded.ends[last]

    def whole_mirrored(start: int, end: int) -> tuple[int, int]:
        return whole(total - end, total - start)

    yield Reading("", letters, folded.span)
    yield Reading("reversed", letters[::-1], mirrored)
    if len(letters) > len(folded.words):  # else each word is one letter: it reads as it is
        yield Reading("words-reversed", "".join([word[::-1] for word in folded.words]), whole)
        yield Reading("order-reversed", "".join(reversed(folded.words)), whole_mirrored)
        alone = array("I", [number for number, word in enumerate(folded.words) if len(word) == 1])
        if len(alone) >= _APART:

            def apart(start: int, end: int) -> tuple[int, int]:
                return folded.starts[alone[start]], folded.ends[alone[end - 1]]

            yield Reading("spelled", "".join([folded.words[number] for number in alone]), apart)


def anagram(folded: Folded) -> str:
    """Return the letters, sorted within each word: the same however the letters of each word were shuffled or turned."""
    return "".join(["".join(sorted(word)) for word in folded.words])


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
