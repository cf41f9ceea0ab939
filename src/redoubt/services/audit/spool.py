"""The spool's port: where entries lie that were acknowledged while the audit log's store was out.

Implementations MUST NOT return from `append` before what was handed over survives the death of the process and the loss of power, MUST NOT
write text in clear, and MUST give back what was appended in the order of appending, also to a process that comes after a ``kill -9``. What
an `append` left unfinished that never returned MAY be there or not, and MUST NOT stand in the way of the rest.
"""

from collections.abc import Sequence
from typing import Protocol

from redoubt.services.audit.interface import Keyed


class Spool(Protocol):
    """A bounded file of entries that wait for the store. Its methods block."""

    @property
    def size(self) -> int:
        """Bytes that it holds; 0: nothing waits."""

    @property
    def count(self) -> int:
        """Entries that it holds."""

    @property
    def torn(self) -> int:
        """How many unfinished appends were found, and dropped, since it was opened."""

    def append(self, entries: Sequence[Keyed]) -> None:
        """Keep ``entries``, all or none. Raises ServiceError where it is full or cannot be written."""

    def read(self, at: int, most: int) -> tuple[tuple[Keyed, ...], int]:
        """Return entries from position ``at`` on (0: the first), at least ``most`` where there are so many, and the position behind.

        Raises ServiceError where what lies there was damaged, or written under another master key.
        """

    def clear(self) -> None:
        """Forget everything: it is in the store. Raises ServiceError."""

    def orphans(self) -> "Sequence[Spool]":
        """Return the spools of processes that are no more; the caller closes each. Raises ServiceError where all are damaged."""

    def close(self) -> None:
        """Let go of the file; what it holds stays, and an empty one is removed."""
