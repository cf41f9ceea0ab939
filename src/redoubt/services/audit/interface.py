"""The audit log's port.

What *durable* means: after `append` has returned, the entry survives the death of this process (``kill -9``) and, with
``[store] durability = "disk"`` (the default), the loss of power. Implementations MUST NOT return before that, MUST NOT
store `Entry.text` in clear, and MUST NOT reorder entries that one caller appended one after the other. Callers MUST
NOT release an answer before the `append` of its entry has returned. Implementations MAY make many callers wait for
one commit (group commit).

An entry that is durable need not have its place yet: many gateways may write to one log, and none of them waits for
the others. Its index and its leaf exist when it is read. `read` and `head` MUST include every entry whose `append`
had returned, in whichever process, before they were called: an implementation that gives places later MUST give
them first. An entry whose `append` began after that of another one had returned MUST stand behind it.

One exception, which the operator chooses: while the store is out, `redoubt.services.audit.spooling` keeps entries on
the gateway's own disk. They are durable there, and `read` and `head` include them once the store has them; until then
order holds within that gateway.

`append` may fail with the outcome unknown: the store took the entry and could not say so. Callers who try again MUST
name the append by the same `uid`, and implementations MUST store an entry of one uid once, for as long as the log
lives. Callers who do not try again need none.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from redoubt.domain.evidence import Entry
from redoubt.services.audit.search import Query


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry stands in the log."""

    index: int
    """0-based, dense, in the order of the tree's leaves."""
    leaf: bytes
    """RFC 9162 leaf hash (SHA-256) of the canonical entry: 32 bytes."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as read back."""

    receipt: Receipt
    entry: Entry
    """`Entry.text` is empty unless the reader asked to reveal it."""
    forgotten: bool = False
    """True where there was a text, and the key to it was destroyed."""


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the whole log: RFC 9162 tree size and root hash."""

    size: int
    root: bytes


Keyed = tuple[bytes, Entry]
"""An entry and the uid of its append."""


class AuditLog(Protocol):
    """An append-only log with a hash tree over it."""

    async def append(self, entry: Entry, *, uid: bytes | None = None) -> None:
        """Store ``entry``; return once it is durable. ``uid`` (16 bytes) names the append where it may be tried again.

        Raises ServiceError where it cannot be stored (disk full, read-only, closed, no connection): the caller must then fail closed.
        """

    async def append_all(self, entries: Sequence[Keyed]) -> None:
        """Store ``entries``, one behind the other, all or none; return once they are durable. Raises ServiceError as `append` does."""

    def read(
        self, *, exchange: str = "", limit: int = 100, before: int | None = None, reveal: bool = False
    ) -> AsyncIterator[StoredEntry]:
        """Yield entries, newest first, with index below ``before``; decrypt their text where ``reveal`` is set."""

    def search(
        self, query: Query, *, limit: int = 100, before: int | None = None
    ) -> AsyncIterator[StoredEntry]:
        """Yield the entries that ``query`` asks for, newest first, with index below ``before``, without their texts.

        A page may hold fewer than ``limit`` where hashes were alike; only an empty one says that there is no more.
        """

    async def head(self) -> Head:
        """Return size and root of the log as it stands."""

    def waiting(self) -> int:
        """Return how many entries wait to become durable."""

    def forget_keys(self) -> None:
        """Let go of the data keys in memory: some were destroyed. Sealing looks for itself; this is for a log that stands idle."""

    async def close(self) -> None:
        """Commit what is pending and let go of the store."""
