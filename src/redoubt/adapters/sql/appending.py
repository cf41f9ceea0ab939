"""How entries get into the audit log: straight through the driver, since the statements are always the same.

To compile, bind and buffer them anew for each batch costs several times what the database itself does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Engine, PoolProxiedConnection

from redoubt.adapters.sql.database import answering
from redoubt.adapters.sql.schema import EntryRow
from redoubt.adapters.sql.statements import LARGEST, Statements
from redoubt.services.audit.tree import Frontier

Row = tuple[Any, ...]
_T = TypeVar("_T")

Owner = tuple[bytes, str]
"""Whose and when's a data key is: `schema.data_keys`' ``owner`` and ``period``."""


class StoredKey(NamedTuple):
    """A data key as it lies in the table; see `schema.data_keys`."""

    subject: bytes
    """The key's name."""
    kek: str
    wrapped: bytes


class Appending:
    """Opens transactions in which entries are appended."""

    def __init__(self, engine: Engine, what: str) -> None:
        """Prepare the statements; ``what`` is the log's name in errors."""
        self._engine, self._what = engine, what
        self._statements = Statements(engine)

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Open a transaction that has the only writer's place from its first moment. Raises ServiceError."""
        with self._connected() as connection:
            cursor: Any = connection.cursor()
            if self._engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            yield Transaction(cursor, self._statements)
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        """Open one in which nothing may be changed. Raises ServiceError."""
        with self._connected() as connection:
            yield Transaction(connection.cursor(), self._statements)

    @contextmanager
    def session(self) -> Iterator["Session"]:
        """Open a connection for many transactions and for locks that last as long as it does. Raises ServiceError."""
        with answering(self._what, self._driver_error):
            connection = self._engine.raw_connection()
            try:
                yield Session(connection, self._statements)
            finally:
                connection.invalidate()  # the server lets go of the session's locks, and nobody inherits them

    @contextmanager
    def _connected(self) -> Iterator[PoolProxiedConnection]:
        with answering(self._what, self._driver_error):
            connection = self._engine.raw_connection()
            try:
                yield connection
            finally:
                connection.close()  # gives it back; what was not committed is rolled back

    @property
    def _driver_error(self) -> type[Exception]:
        error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        return error


class Session:
    """A connection to PostgreSQL that one thread keeps. What goes wrong is raised as the driver says it."""

    def __init__(self, connection: PoolProxiedConnection, statements: Statements) -> None:
        self._connection, self._statements = connection, statements

    def elected(self, space: int, number: int) -> bool:
        """Try to get the advisory lock (``space``, ``number``) for as long as the session lasts."""
        cursor: Any = self._connection.cursor()
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", (space, number))
        [got] = cursor.fetchone()
        self._connection.commit()
        return bool(got)

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Open a transaction."""
        try:
            yield Transaction(self._connection.cursor(), self._statements)
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise


class Transaction:
    """One transaction."""

    __slots__ = ("_cursor", "_statements")

    def __init__(self, cursor: Any, statements: Statements) -> None:
        self._cursor = cursor
        self._statements = statements

    def tree(self) -> tuple[int, bytes]:
        """Return size and frontier of the tree; nobody else changes them until the transaction ends."""
        self._cursor.execute(self._statements.tree, (1,))
        size, frontier = self._cursor.fetchone()
        return int(size), bytes(frontier)

    def generation(self) -> int:
        """Return the number of the times that data keys were destroyed; none is until the transaction ends."""
        self._cursor.execute(self._statements.generation, (1,))
        return int(self._cursor.fetchone()[0])

    def data_keys(self, owners: Sequence[Owner]) -> dict[Owner, StoredKey]:
        """Return the data keys that there are of ``owners``."""
        found: dict[Owner, StoredKey] = {}
        for some in _cut(owners):
            self._cursor.execute(self._statements.data_keys(len(some)), tuple(chain.from_iterable(some)))
            for owner, period, name, kek, wrapped in self._cursor.fetchall():
                found[bytes(owner), period] = StoredKey(bytes(name), kek, bytes(wrapped))
        return found

    def add_data_keys(self, keys: Mapping[Owner, StoredKey]) -> None:
        """Keep data keys, but for those that another gateway made for the same owners meanwhile."""
        rows = [(key.subject, key.wrapped, *owner, key.kek) for owner, key in keys.items()]
        self._insert(self._statements.add_data_keys, rows)

    def add_traits(self, rows: Sequence[Row]) -> None:
        """Write down what traits of entries are, where that is not known."""
        self._insert(self._statements.add_traits, rows)

    def known(self, uids: Sequence[bytes]) -> set[bytes]:
        """Return which of these names of appends the log has."""
        found: set[bytes] = set()
        for some in _cut(uids):
            self._cursor.execute(self._statements.known(len(some)), tuple(some))
            found.update(bytes(row[0]) for row in self._cursor.fetchall())
        return found

    def add_pending(self, rows: Sequence[Row]) -> None:
        """Write down entries that get their places later; one whose uid is there already is left out."""
        self._insert(self._statements.add_pending, rows)

    def last_pending(self) -> int:
        """Return the highest `place` of an entry that is not in the log yet, 0 where there is none."""
        self._cursor.execute(self._statements.last_pending)
        return int(self._cursor.fetchone()[0] or 0)

    def take_pending(self, first: int, most: int, last: int) -> tuple[int, Sequence[tuple[bytes, bytes]]]:
        """Move pending entries, those that were written down first and up to ``last``, into the log from place ``first`` on.

        Return how many are pending no more, and leaf and ``found_by`` of those now in the log: one whose uid the log has is dropped.
        """
        self._cursor.execute(self._statements.take_pending, (last, most, first))
        rows = self._cursor.fetchall()
        return len(rows), [(leaf, found_by) for is_new, leaf, found_by in rows if is_new]

    def append(
        self,
        rows: Sequence[EntryRow],
        found_by: Sequence[Row],
        marks: Sequence[Row],
        tree: Frontier,
    ) -> None:
        """Insert ``rows`` and what they are found by, and set the tree to what it is with them."""
        self._insert(self._statements.add_entries, rows)
        self._insert(self._statements.add_search, found_by)
        # Their table is in the order of the marks: so one after the other lands on a page that is at hand.
        self._insert(self._statements.add_marks, sorted(marks))
        self._cursor.execute(self._statements.set_tree, (tree.size, tree.to_bytes(), 1))

    def _insert(self, statement: Callable[[int], str], rows: Sequence[Row]) -> None:
        for some in _cut(rows):
            self._cursor.execute(statement(len(some)), tuple(chain.from_iterable(some)))


def _cut(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield ``rows`` in pieces of powers of two: few different statements, so that the driver finds each one prepared."""
    done = 0
    while done < len(rows):
        count = min(LARGEST, 1 << (len(rows) - done).bit_length() - 1)
        yield rows[done : done + count]
        done += count
