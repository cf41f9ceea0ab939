"""How entries that are sealed get their place in the log: one interface, and the way of a database with one writer at a time.

`redoubt.adapters.sql.sequencer` has the other way, for many writers.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from redoubt.adapters.sql.appending import Row, Transaction
from redoubt.domain.errors import ServiceError
from redoubt.services.audit.tree import Frontier


class Sealed(NamedTuple):
    """An entry that wants for nothing but its place."""

    exchange: str
    key: bytes
    """Name of the data key that sealed the text."""
    leaf: bytes
    body: bytes
    text: bytes
    uid: bytes | None
    found_by: Row
    marks: Collection[int]


class Sequencing(Protocol):
    """Gives entries their places."""

    def put(self, transaction: Transaction, entries: Sequence[Sealed]) -> None:
        """Make ``entries`` part of the log, one behind the other, once ``transaction`` commits; leave out those whose uid it has."""

    def settle(self) -> None:
        """Return when all entries that were committed before have their place: whoever reads calls this first. Raises ServiceError."""

    def close(self) -> None:
        """Settle what is left, as well as that goes, and stop."""


class InPlace:
    """Places are given as entries are written: SQLite has one writer at a time anyway, in whichever process."""

    def put(self, transaction: Transaction, entries: Sequence[Sealed]) -> None:
        """See `Sequencing.put`."""
        place(transaction, _new(transaction, entries))

    def settle(self) -> None:
        """See `Sequencing.settle`: nothing is ever left."""

    def close(self) -> None:
        """See `Sequencing.close`."""


def place(transaction: Transaction, entries: Sequence[Sealed]) -> None:
    """Append ``entries`` to the tree and to what they are found by."""
    before = frontier_of(transaction)
    placed = list(enumerate(entries, before.size))
    transaction.append(
        [(index, e.exchange, e.key, e.leaf, e.body, e.text, e.uid) for index, e in placed],
        [(index, *entry.found_by) for index, entry in placed],
        [(mark, index) for index, entry in placed for mark in entry.marks],
        before.extended([entry.leaf for entry in entries]),
    )


def frontier_of(transaction: Transaction) -> Frontier:
    """Return the tree as it stands, and keep others from growing it. Raises ServiceError where it was damaged."""
    try:
        return Frontier.from_bytes(*transaction.tree())
    except ValueError as error:
        raise ServiceError("the tree of the audit log was damaged; see `redoubt audit verify`") from error


def _new(transaction: Transaction, entries: Sequence[Sealed]) -> Sequence[Sealed]:
    """Return the entries whose uid the log does not have yet."""
    named = [entry.uid for entry in entries if entry.uid is not None]
    if not named:
        return entries
    seen = transaction.known(named)
    new = []
    for entry in entries:
        if entry.uid is None or entry.uid not in seen:
            new.append(entry)
            seen.add(entry.uid or b"")
    return new
