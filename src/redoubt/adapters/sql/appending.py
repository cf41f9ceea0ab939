"""How entries get into the audit log: straight through the driver, since the statements are always the same.

To compile, bind and buffer them anew for each batch costs several times what the database itself does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.sql.base import Executable

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import answering
from redoubt.adapters.sql.schema import EntryRow

LARGEST = 64
"""Rows in one INSERT: one statement of many rows lets go of the interpreter once, many of one row at each row."""


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

    def data_key(self, subject: bytes) -> bytes | None:
        """Return the wrapped data key of a subject, None where it has none."""
        self._cursor.execute(self._statements.data_key, (subject,))
        row = self._cursor.fetchone()
        return None if row is None else bytes(row[0])

    def add_data_key(self, subject: bytes, wrapped: bytes) -> None:
        """Keep the wrapped data key of a subject."""
        self._cursor.execute(self._statements.add_data_key, (subject, wrapped))

    def append(self, rows: Sequence[EntryRow], size: int, frontier: bytes) -> None:
        """Insert ``rows`` and set the tree to what it is with them."""
        done = 0
        while done < len(rows):
            # Powers of two: few different statements, so that the driver finds each one prepared.
            count = min(LARGEST, 1 << (len(rows) - done).bit_length() - 1)
            values = tuple(value for row in rows[done : done + count] for value in row)
            self._cursor.execute(self._statements.add_entries(count), values)
            done += count
        self._cursor.execute(self._statements.set_tree, (size, frontier, 1))


class _Statements:
    """The statements as the driver takes them, with parameters by place."""

    def __init__(self, engine: Engine) -> None:
        style: Any = "qmark" if engine.dialect.paramstyle == "qmark" else "format"
        kind: Any = type(engine.dialect)
        dialect = kind(paramstyle=style)

        def rendered(statement: Executable) -> str:
            return str(statement.compile(dialect=dialect))  # type: ignore[attr-defined]

        @cache
        def add_entries(count: int) -> str:
            row = dict.fromkeys(schema.entries.c.keys())
            return rendered(insert(schema.entries).values([row] * count))

        tree, keys = schema.tree, schema.data_keys
        self.tree = rendered(select(tree.c.size, tree.c.frontier).where(tree.c.id == 1).with_for_update())
        self.set_tree = rendered(update(tree).where(tree.c.id == 1).values(size=0, frontier=b""))
        self.data_key = rendered(select(keys.c.wrapped).where(keys.c.subject == b""))
        self.add_data_key = rendered(insert(keys).values(subject=b"", wrapped=b""))
        self.add_entries = add_entries
