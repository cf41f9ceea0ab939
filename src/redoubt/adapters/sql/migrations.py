"""From one version of the tables to the next. A step makes what is new and changes what was there; it never touches an entry's bytes.

Run inside the transaction that opens the database, so that an upgrade happens whole or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, LargeBinary

from redoubt.adapters.sql import schema


def nothing(_operations: Operations) -> None:
    """Do nothing: the version only added tables."""


@dataclass(frozen=True, slots=True)
class Step:
    """What leads to one version."""

    what: str
    """For the operator: what is done, and what takes long."""
    run: Callable[[Operations], None] = nothing
    """Changes the tables that were there; those that are new are made already."""


def planned(found: int) -> tuple[str, ...]:
    """Say what `upgrade` would do to tables of version ``found``."""
    return tuple(
        f"to version {version}: {_STEPS[version].what}" for version in range(found + 1, schema.VERSION + 1)
    )


def upgrade(connection: Connection, found: int) -> None:
    """Bring tables of version ``found`` to `schema.VERSION`, step by step."""
    operations = Operations(MigrationContext.configure(connection))
    # Makes the tables that are missing, and leaves those that are there.
    schema.metadata.create_all(connection)
    for version in range(found + 1, schema.VERSION + 1):
        _STEPS[version].run(operations)


def _to_3(operations: Operations) -> None:
    """Change the tables that version 2 had."""
    operations.add_column(schema.entries.name, Column("uid", LargeBinary(16)))
    schema.entries_by_uid.create(operations.get_bind())
    if operations.get_context().dialect.name == "postgresql":
        # 32 bits hold the entries of some months at most; SQLite's integers have 64 anyway.
        operations.alter_column(schema.entries.name, "index", type_=schema.Index64)
        operations.alter_column(schema.tree.name, "size", type_=schema.Index64)


_STEPS = {
    2: Step("add the table of fingerprints"),
    3: Step(
        "add the tables of the ledger, and an id to each entry; on PostgreSQL widen the index of entries to 64 bits, "
        "which writes that table anew (about a minute for ten million entries)",
        _to_3,
    ),
}
"""By the version they lead to."""
