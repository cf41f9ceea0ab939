"""SQLite: one file, one writer at a time."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from redoubt.domain.settings import Durability

BUSY_MS = 10_000
"""How long one writer waits for another before it gives up."""
CHECKPOINT_PAGES = 4096
"""Pages of 4 KiB after which SQLite moves its write-ahead log into the database."""


def open_sqlite(url: URL, durability: Durability) -> Engine:
    """Return an engine; nothing is opened yet."""
    engine = create_engine(url, poolclass=QueuePool, pool_size=4, connect_args={"check_same_thread": False})
    level = "FULL" if durability is Durability.DISK else "NORMAL"

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # We say when a transaction begins (below); the driver's own habit of beginning late would let two writers deadlock.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {level}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
