"""Makes what was deleted unreadable in the files of the database, as far as the database lets us.

A database that deletes a row does not overwrite it everywhere: its write-ahead log and the free space of its pages hold old copies.
"""

import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import answering
from redoubt.adapters.sql.unhurried import unhurried

PATIENCE = 10.0
"""Seconds that SQLite's checkpoint waits for readers."""
PAUSE = 0.05
WAL = (
    "PostgreSQL's write-ahead log, its archive and backups hold the wrapped keys until they are recycled or deleted; "
    "set wal_recycle = off and grant pg_checkpoint, so that an erasure leaves nothing in the first; "
    "to end it everywhere now, rotate the KEK and destroy the old one"
)
COPIES = (
    "replicas, archives and backups of PostgreSQL's, where there are any, hold the wrapped keys until they are deleted; "
    "to end that now, rotate the KEK and destroy the old one"
)
BUSY = "SQLite's write-ahead log could not be emptied, since somebody reads the database; it is at the next erasure or at shutdown"
_SECRET = (schema.data_keys, schema.aliases, schema.pending)
"""Small tables of which no deleted row may stay readable: they are written anew."""
_KEYED = (schema.sessions, schema.marks, schema.fingerprints)
"""Tables of keyed hashes alone: the place of what was deleted is freed, and is overwritten by what comes next."""


def scrub(engine: Engine, what: str) -> tuple[str, ...]:
    """Overwrite what was deleted; return where copies may be left, in words for the operator. Raises ServiceError."""
    driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
    with answering(what, driver_error):
        return _scrub_sqlite(engine) if engine.dialect.name == "sqlite" else _scrub_postgresql(engine)


def _scrub_sqlite(engine: Engine) -> tuple[str, ...]:
    """Empty the write-ahead log. Deleted rows were overwritten with zeros already (``PRAGMA secure_delete``)."""
    until = time.monotonic() + PATIENCE
    connection = engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        while True:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _, _ = cursor.fetchone()
            if not busy:
                return ()
            if time.monotonic() > until:
                return (BUSY,)
            time.sleep(PAUSE)
    finally:
        connection.close()


def _scrub_postgresql(engine: Engine) -> tuple[str, ...]:
    """Write the small tables anew, so that the free space of their pages holds nothing, and ask for the write-ahead log to go on.

    A plain VACUUM would leave the bytes of deleted rows where they are. The last two need rights that the operator may not have given.
    """
    autocommit = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with autocommit as connection, unhurried(connection):
        for table in _SECRET:
            connection.execute(text(f"VACUUM (FULL) {table.name}"))
        for table in _KEYED:
            connection.execute(text(f"VACUUM {table.name}"))
        with suppress(DBAPIError):
            connection.execute(text("SELECT pg_switch_wal()"))
        with suppress(DBAPIError):
            connection.execute(text("CHECKPOINT"))
            if connection.execute(text("SHOW wal_recycle")).scalar_one() == "off":
                return (COPIES,)
    return (WAL,)
