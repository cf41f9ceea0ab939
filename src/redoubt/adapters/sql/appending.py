"""How entries get into the audit log: straight through the driver, since the statements are always the same.

To compile, bind and buffer them anew for each batch costs several times what the database itself does.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Engine, Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import answering
from redoubt.adapters.sql.schema import EntryRow

LARGEST = 64
"""Rows in one INSERT: one statement of many rows lets go of the interpreter once, many of one row at each row."""

Row = tuple[Any, ...]


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
        self._statements = _Statements(engine)

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Open a transaction that has the only writer's place from its first moment. Raises ServiceError."""
        driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        with answering(self._what, driver_error):
            connection = self._engine.raw_connection()
            try:
                cursor: Any = connection.cursor()
                if self._engine.dialect.name == "sqlite":
                    cursor.execute("BEGIN IMMEDIATE")
                yield Transaction(cursor, self._statements)
                connection.commit()
            finally:
                connection.close()  # gives it back; what was not committed is rolled back


class Transaction:
    """One transaction."""

    __slots__ = ("_cursor", "_statements")

    def __init__(self, cursor: Any, statements: "_Statements") -> None:
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

    def data_key(self, owner: bytes, period: str) -> StoredKey | None:
        """Return the data key of an owner for a period, None where there is none."""
        self._cursor.execute(self._statements.data_key, (owner, period))
        row = self._cursor.fetchone()
        return None if row is None else StoredKey(bytes(row[0]), row[1], bytes(row[2]))

    def add_data_key(self, key: StoredKey, owner: bytes, period: str) -> None:
        """Keep a data key, unless another gateway made one for the same owner and period meanwhile."""
        self._cursor.execute(
            self._statements.add_data_key, (key.subject, key.wrapped, owner, period, key.kek)
        )

    def append(
        self,
        rows: Sequence[EntryRow],
        found_by: Sequence[Row],
        terms: Sequence[Row],
        size: int,
        frontier: bytes,
    ) -> None:
        """Insert ``rows`` and what they are found by, and set the tree to what it is with them."""
        self._insert(self._statements.add_entries, rows)
        self._insert(self._statements.add_search, found_by)
        self._insert(self._statements.add_terms, terms)
        self._cursor.execute(self._statements.set_tree, (size, frontier, 1))

    def _insert(self, statement: Callable[[int], str], rows: Sequence[Row]) -> None:
        done = 0
        while done < len(rows):
            # Powers of two: few different statements, so that the driver finds each one prepared.
            count = min(LARGEST, 1 << (len(rows) - done).bit_length() - 1)
            values = tuple(chain.from_iterable(rows[done : done + count]))
            self._cursor.execute(statement(count), values)
            done += count


class _Statements:
    """The statements as the driver takes them, with parameters by place."""

    def __init__(self, engine: Engine) -> None:
        style: Any = "qmark" if engine.dialect.paramstyle == "qmark" else "format"
        kind: Any = type(engine.dialect)
        dialect = kind(paramstyle=style)
        into = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

        def rendered(statement: Executable) -> str:
            return str(statement.compile(dialect=dialect))  # type: ignore[attr-defined]

        def adding(table: Table) -> Callable[[int], str]:
            row = dict.fromkeys(table.c.keys())
            return cache(lambda count: rendered(insert(table).values([row] * count)))

        tree, keys, generation = schema.tree, schema.data_keys, schema.generation
        self.tree = rendered(select(tree.c.size, tree.c.frontier).where(tree.c.id == 1).with_for_update())
        self.set_tree = rendered(update(tree).where(tree.c.id == 1).values(size=0, frontier=b""))
        self.generation = rendered(
            select(generation.c.number).where(generation.c.id == 1).with_for_update(read=True)
        )
        self.data_key = rendered(
            select(keys.c.subject, keys.c.kek, keys.c.wrapped).where(keys.c.owner == b"", keys.c.period == "")
        )
        new = into(keys).values(subject=b"", wrapped=b"", owner=b"", period="", kek="")
        self.add_data_key = rendered(new.on_conflict_do_nothing(index_elements=["owner", "period"]))
        self.add_entries = adding(schema.entries)
        self.add_search = adding(schema.search)
        self.add_terms = adding(schema.terms)
