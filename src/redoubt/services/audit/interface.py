"""The audit log's port.

What *durable* means: after `append` has returned, the entry survives the death of this process (``kill -9``) and, with
``[store] durability = "disk"`` (the default), the loss of power. Implementations MUST NOT return before that, MUST NOT
store `Entry.text` in clear, and MUST NOT reorder entries that one caller appended one after the other. Callers MUST
NOT release an answer before the `append` of its entry has returned. Implementations MAY make many callers wait for
one commit (group commit).
"""

from collections.abc import AsyncIterator
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


class AuditLog(Protocol):
    """An append-only log with a hash tree over it."""

    async def append(self, entry: Entry) -> Receipt:
        """Store ``entry``; return once it is durable.

        Raises ServiceError where it cannot be stored (disk full, read-only, closed): the caller must then fail closed.
        """

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
