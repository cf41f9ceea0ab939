"""Choices that look random and are derived: the same key and label always give the same ones."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O, U, so no two symbols look alike."""
_WEIGHTS = (1, 3, 5, 7, 9, 11, 13)
"""All odd, hence invertible modulo 32: one changed symbol always changes the check symbol."""


class Draws:
    """A stream of numbers from HMAC-SHA-256 in counter mode."""

    def __init__(self, key: bytes, label: str) -> None:
        self._seed = hmac.digest(key, label.encode("utf-8", "surrogatepass"), "sha256")
        self._pool = int.from_bytes(self._seed, "big")
        self._left = 1 << 256
        self._block = 0

    def below(self, limit: int) -> int:
        """Return the next number in ``range(limit)``; ``limit`` is small, so the bias (under 2**-40) does not matter."""
        if self._left < limit << 48:
            self._block += 1
            block = hashlib.sha256(self._seed + self._block.to_bytes(4, "big")).digest()
            self._pool = int.from_bytes(block, "big")
            self._left = 1 << 256
        self._pool, drawn = divmod(self._pool, limit)
        self._left //= limit
        return drawn

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of ``choices``."""
        return choices[self.below(len(choices))]

    def digits(self, count: int) -> str:
        """Return ``count`` decimal digits."""
        return "".join(str(self.below(10)) for _ in range(count))

    def nonce(self) -> str:
        """Return eight symbols of `ALPHABET`: 35 bits and a check symbol, so that any two nonces differ in two symbols or more."""
        values = [self.below(32) for _ in _WEIGHTS]
        check = sum(w * v for w, v in zip(_WEIGHTS, values, strict=True)) % 32
        return "".join(ALPHABET[v] for v in (*values, check))
