"""Makes the tables, or brings them up to date: once, however many gateways start at the same moment."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, inspect, select, update

from redoubt.adapters.sql import schema
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import Migrate


@dataclass(frozen=True, slots=True)
class State:
    """The version that the tables have, and what would bring them to this program's."""

    found: int
    """0: there are no tables yet."""
    steps: tuple[str, ...] = ()
    """What each step does, in order; empty where nothing is due."""


def state(connection: Connection) -> State:
    """Say how the tables stand; nothing is changed. Raises ConfigError where they are newer than this program."""
    if not inspect(connection).has_table(schema.schema_version.name):
        return State(0)
    found = connection.execute(select(schema.schema_version.c.version)).scalar_one()
    if not 1 <= found <= schema.VERSION:
        raise ConfigError(
            f"the database has schema version {found}, this program knows {schema.VERSION}; "
            "use the version of Redoubt that wrote it"
        )
    if found == schema.VERSION:
        return State(found)
    from redoubt.adapters.sql.migrations import planned

    return State(found, planned(found))


def make_tables(connection: Connection, migrate: Migrate) -> None:
    """Make what is missing, in the transaction of ``connection``, which must be a writing one.

    Raises ConfigError where the tables are newer than this program, or older and ``migrate`` leaves it to the operator.
    """
    exclusive(connection, TABLES)
    now = state(connection)
    if now.found == 0:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.schema_version).values(version=schema.VERSION))
        connection.execute(insert(schema.tree).values(id=1, size=0, frontier=b""))
        connection.execute(insert(schema.directory).values(id=1, version=0))
        connection.execute(insert(schema.generation).values(id=1, number=0))
    elif now.found < schema.VERSION:
        if migrate is Migrate.MANUAL:
            raise ConfigError(
                f"the database has schema version {now.found}, this program needs {schema.VERSION}, and [store] migrate is "
                '"manual": back the database up, then run `redoubt doctor --migrate`'
            )
        from redoubt.adapters.sql.migrations import upgrade

        upgrade(connection, now.found)
        connection.execute(update(schema.schema_version).values(version=schema.VERSION))


LOCK_SPACE = 0x7264
"""The first half of the key of every advisory lock of ours: "rd"."""
TABLES, SEQUENCER = 1, 2
"""The second halves."""


def exclusive(connection: Connection, number: int) -> None:
    """Wait for the advisory lock ``number`` and have it until the transaction ends.

    In SQLite a writing transaction is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {number})")
