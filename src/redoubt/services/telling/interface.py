"""The ports of telling others.

A sink is told every entry at least once, in the order of the log, and only entries that are durable already: it reads the log, and the log
keeps for each sink how far it has come. Nothing here is in the way of a request. A sink that cannot be reached falls behind, is seen to do
so in the metrics, and goes on where it was when it is back, also after a restart and also on another machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry


class UndeliveredError(ServiceError):
    """A sink did not take a batch; it will be offered again. The message quotes nothing that the sink said."""

    def __init__(self, why: str, *, retry_after: float = 0.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        """Seconds that the receiver asked us to wait, 0 where it did not."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a sink gets it."""

    index: int
    """In the log; by it a receiver knows what it has seen already."""
    leaf: bytes
    """RFC 9162 leaf hash: 32 bytes."""
    body: bytes
    """The canonical entry (RFC 8785 JSON), which the leaf is the hash of."""
    entry: Entry
    """The same, read; without text."""


class Sink(Protocol):
    """Somebody who is told."""

    async def deliver(self, batch: Sequence[Told]) -> None:
        """Hand over ``batch``, which is never empty; return when the receiver has it. What takes long is done in a thread.

        Raises UndeliveredError where it has not, or perhaps not, or not all of it: then the whole batch comes again.
        """

    async def aclose(self) -> None:
        """Let go of connections and files."""


class Tail(Protocol):
    """The log as a reader that follows it sees it, and what it remembers of its readers. All raise ServiceError."""

    async def size(self) -> int:
        """Return how many entries there are."""

    async def read(self, first: int, limit: int) -> tuple[Told, ...]:
        """Return up to ``limit`` entries from index ``first`` on, without a gap."""

    async def next(self, sink: str) -> int | None:
        """Return the index of the first entry that ``sink`` has not been told; None for one never heard of."""

    async def hold(self, sink: str, first: int, seconds: float) -> bool:
        """Become, or stay, the one gateway that tells ``sink``, for so many seconds; False where another one is.

        A sink never heard of begins at ``first``.
        """

    async def advance(self, sink: str, following: int) -> bool:
        """Remember that ``sink`` has been told all before ``following``; False, and nothing changed, where another gateway tells it now."""

    async def release(self, sink: str) -> None:
        """Let another gateway tell ``sink`` at once."""
