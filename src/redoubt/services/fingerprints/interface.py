"""The port of what remembers which values were seen with whom.

It holds keyed fingerprints of values and of callers, both made elsewhere: the store can neither read a value nor name a caller, and
whoever steals it without the key can test no guess.
"""

from collections.abc import Collection
from typing import Protocol

COMMON = 3
"""A value that so many callers wrote is nobody's own any more: a hotline, the address of a newspaper."""


class Fingerprints(Protocol):
    """Remembers for a bounded time who wrote what."""

    async def note(self, owner: bytes, marks: Collection[bytes], person: bytes = b"") -> None:
        """Remember that ``owner`` wrote the values of ``marks``, about ``person``; durable on return; raises ServiceError."""

    async def foreign(self, owner: bytes, marks: Collection[bytes]) -> frozenset[bytes]:
        """Return those of ``marks`` that others wrote, fewer than `COMMON` of them, and ``owner`` never did; raises ServiceError."""

    def recent(self, owner: bytes, mark: bytes) -> bool:
        """Tell the same of one mark, as far as this process remembers. No I/O, for the middle of a stream."""

    async def forget(self, person: bytes) -> int:
        """Forget the values about ``person``; return how many fingerprints went; raises ServiceError."""

    async def look_again(self) -> None:
        """Take what is in memory from the store anew: somebody was forgotten through another gateway; raises ServiceError."""

    async def purge(self) -> int:
        """Forget what is too old; return how many fingerprints went; raises ServiceError."""
