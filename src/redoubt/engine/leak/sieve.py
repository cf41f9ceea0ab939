"""Which of many texts may share a gram with what is known: all of them in one pass over hashes, so that few are compared letter by letter.

Nothing is lost: equal letters have equal octets, equal octets have equal hashes, and the hashes of all grams are kept. Sixteen octets are
read as two numbers, and hashed by multiplication and addition (M. Dietzfelbinger, "Universal hashing and k-wise independent random
variables via integer arithmetic without primes", 1996).
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from redoubt.engine.leak.runs import DIFFERENT, GRAM, STEP, stride

_HALF = GRAM // 2
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_ROOM = 8
"""Places in the table for each gram, at least."""

_Hashes = NDArray[np.uint64]


class Sieve:
    """The hashes of the grams of texts that are known."""

    __slots__ = ("_hashes", "_shift", "_step", "_table")

    def __init__(self, known: Sequence[str]) -> None:
        """Take the grams that `redoubt.engine.leak.runs.Grams` takes of each."""
        nothing = np.zeros(1, np.uint64)  # so that there is one at the least
        grams = [_grams(text) for text in known if len(text) >= GRAM]
        self._hashes = np.sort(np.concatenate((nothing, *grams)))
        self._step = 1 if any(stride(text) > 1 for text in known) else STEP
        bits = (_ROOM * len(self._hashes)).bit_length()
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits, np.bool_)
        self._table[self._hashes >> self._shift] = True

    def caught(self, texts: Sequence[str]) -> list[int]:
        """Return the numbers, ascending, of the texts that may share a gram with one that is known. Linear."""
        sizes = [-len(text) // STEP * -STEP for text in texts]  # so that each begins where a gram begins
        row = _octets("".join([text.ljust(size) for text, size in zip(texts, sizes, strict=True)]))
        hashes = _hashes(row, self._step)
        places = self._table.take((hashes >> self._shift).view(np.int64)).nonzero()[0]
        if not len(places):
            return []
        held = places[self._holds(hashes[places])].tolist()
        ends = list(accumulate(sizes))
        return sorted({bisect_right(ends, place * self._step) for place in held})

    def _holds(self, hashes: _Hashes) -> NDArray[np.bool_]:
        places = self._hashes.searchsorted(hashes)
        held: NDArray[np.bool_] = self._hashes.take(places, mode="clip") == hashes
        return held


def _octets(letters: str) -> bytes:
    """Return one octet for each letter."""
    return letters.encode() if letters.isascii() else letters.encode("utf-32-le", "surrogatepass")[::4]


def _grams(known: str) -> _Hashes:
    """Return the hashes of the grams that count: letters change often enough within them."""
    letters = np.frombuffer(known.encode("utf-32-le", "surrogatepass"), "<u4")
    changes = np.concatenate(([0], np.cumsum(letters[1:] != letters[:-1])))
    varied = changes[GRAM - 1 :] - changes[: 1 - GRAM] >= DIFFERENT - 1
    return _hashes(_octets(known), stride(known))[varied[:: stride(known)]]


def _hashes(data: bytes, step: int) -> _Hashes:
    """Return the hashes of the grams that begin at every ``step``-th octet: 1 or half a gram."""
    if len(data) < GRAM:
        return np.zeros(0, np.uint64)
    halves: _Hashes = np.ndarray(((len(data) - _HALF) // step + 1,), "<u8", data, strides=(step,))
    apart = _HALF // step
    return halves[:-apart] * _FIRST + halves[apart:] * _SECOND
