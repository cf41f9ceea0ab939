"""Ways to write a text so that no view gives a reason to look, and yet whoever knows the text recognises it.

Views (`redoubt.engine.detect.views`) need a mark in the text: base64 looks like base64. A Caesar cipher has none, but the distances from
letter to letter are the same under all 25 of them, so one index of distances finds them all; Atbash turns each distance round.
"""

from array import array

import numpy as np
from numpy.typing import NDArray

from redoubt.engine.leak.fold import Folded

_A = ord("a")
_AROUND = bytes(_A + (value if value < 128 else value - 256) % 26 for value in range(256))
"""From the difference of two letters, as an octet, to the letter that stands for it."""
_TURN = bytes.maketrans(bytes(range(_A, _A + 26)), bytes(_A + -i % 26 for i in range(26)))
_OCTET = np.uint32(8)
_MANY = 1 << 24
"""Words that have no numbers beside an octet."""
_VOWELS = b"aeiou"
_LATIN = np.array([chr(point).islower() for point in range(128)])
_CONSONANTS = _LATIN & ~np.isin(np.arange(128), list(_VOWELS))


def anagram(folded: Folded) -> str:
    """Return the letters, sorted within each word: the same however the letters of each word were shuffled or turned."""
    letters, sizes = folded.letters, folded.sizes
    if not letters.isascii() or len(sizes) >= _MANY:
        return "".join(["".join(sorted(word)) for word in folded.words])
    # All at once, sorted by the number of the word and then by the letter.
    keys = (np.arange(len(sizes), dtype=np.uint32) << _OCTET).repeat(sizes)
    keys |= np.frombuffer(letters.encode(), np.uint8)
    keys.sort()
    return keys.astype(np.uint8).tobytes().decode()


def consonants(plain: str) -> str:
    """Return the letters of ``plain`` (a to z) that are no vowels."""
    return plain.encode().translate(None, _VOWELS).decode()


def consonant_places(letters: str) -> "array[int]":
    """Return where each of these stands in ``letters``."""
    return _places(letters, _CONSONANTS)


def latin_places(letters: str) -> "array[int]":
    """Return where each of `Folded.plain`'s letters stands."""
    return _places(letters, _LATIN)


def _places(letters: str, which: NDArray[np.bool_]) -> "array[int]":
    points = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), "<u4")
    return array("I", which.take(points, mode="clip").nonzero()[0].tolist())


def distances(plain: str) -> str:
    """Return how far each letter of ``plain`` (a to z) is from the one before it, around the alphabet, as letters.

    >>> distances("abcab"), distances("bcdbc")
    ('bbyb', 'bbyb')
    """
    data = np.frombuffer(plain.encode(), np.uint8)
    return (data[1:] - data[:-1]).tobytes().translate(_AROUND).decode()


def turned(distances_: str) -> str:
    """Return the distances of the same text written with the alphabet backwards (Atbash)."""
    return distances_.encode().translate(_TURN).decode()
