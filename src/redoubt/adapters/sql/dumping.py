"""All rows of all tables, as they stood at one moment, and back into empty tables: also from SQLite into PostgreSQL, or back.

While they are read everybody goes on writing: SQLite and PostgreSQL (REPEATABLE READ) show one transaction one state.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, delete, func, insert, select, text

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import answering

WHAT = "the records"
BATCH_ROWS = 500
BATCH_BYTES = 4 * 1024 * 1024
"""So many rows, or bytes of them, are handed on at once."""


def tables() -> tuple[Table, ...]:
    """Return the tables that hold records, those that others point at first."""
    return tuple(t for t in schema.metadata.sorted_tables if t.name != schema.schema_version.name)


def columns(table: Table) -> tuple[Column[Any], ...]:
    """Return the columns that are written out; what the server itself numbers gets new numbers, in the same order."""
    return tuple(column for column in table.columns if column.identity is None)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of all tables, however long it takes."""
    with answering(WHAT), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection = connection.execution_options(reading=True)
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            if engine.dialect.name != "sqlite":
                connection.execute(text("SET TRANSACTION READ ONLY"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield connection


@contextmanager
def replacing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction in which the tables are filled; nobody sees anything of it before it ends, and nothing where it fails."""
    with answering(WHAT), engine.begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection


def counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        str(table.name): int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in tables()
    }


def batches(connection: Connection, table: Table) -> Iterator[list[list[Any]]]:
    """Yield the rows of a table, in the order of its primary key."""
    query = select(*columns(table)).order_by(*table.primary_key.columns)
    batch: list[list[Any]] = []
    size = 0
    for row in connection.execute(query, execution_options={"yield_per": BATCH_ROWS}):
        values = [bytes(value) if isinstance(value, memoryview) else value for value in row]
        batch.append(values)
        size += sum(len(value) for value in values if isinstance(value, bytes | str))
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def empty(connection: Connection) -> None:
    """Delete every row."""
    for table in reversed(tables()):
        connection.execute(delete(table))


def fill(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows as `batches` yielded them."""
    names = [str(column.name) for column in columns(table)]
    connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def count_on(connection: Connection) -> None:
    """Have PostgreSQL number new rows from behind those that were filled in; SQLite does by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is not None and column.identity is None:
            last = connection.execute(select(func.max(column))).scalar()
            if last is not None:
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(select(func.setval(sequence, last)))
