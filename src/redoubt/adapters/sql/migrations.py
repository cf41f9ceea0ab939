"""From one version of the tables to the next. A step makes what is new and changes what was there; it never touches an entry's bytes.

Run inside the transaction that opens the database, so that an upgrade happens whole or not at all.
"""

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.principals_of_keys import principals_of_keys


def upgrade(connection: Connection, found: int) -> None:
    """Bring tables of version ``found`` to `schema.VERSION`, step by step."""
    operations = Operations(MigrationContext.configure(connection))
    schema.metadata.create_all(
        connection
    )  # makes the tables that are missing, and leaves those that are there
    for version in range(found + 1, schema.VERSION + 1):
        step = _STEPS.get(version)
        if step is not None:
            step(operations)


def _to_3(operations: Operations) -> None:
    """Change tables that version 2 had."""
    principals_of_keys(operations.get_bind())


_STEPS: dict[int, Callable[[Operations], None]] = {3: _to_3}
"""By the version they lead to; a version without one added tables alone."""
