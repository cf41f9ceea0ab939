"""Opens the database that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from redoubt.adapters.sql import schema
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.settings import Durability

FILE = "redoubt.db"
BUSY_MS = 10_000
"""How long one writer waits for another before it gives up."""
CHECKPOINT_PAGES = 4096
"""Pages of 4 KiB after which SQLite moves its write-ahead log into the database."""


def open_database(url: str, data_dir: Path, durability: Durability) -> Engine:
    """Return an engine with its tables made; ``url`` empty means SQLite in ``data_dir``.

    Raises ConfigError where the URL is no good or the schema is newer than this program, ServiceError where the database does not answer.
    """
    if not url:
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigError(
                f"{data_dir}: the data directory cannot be made ({type(error).__name__}); set [store] data_dir"
            ) from error
        url = f"sqlite:///{data_dir / FILE}"
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database and not parsed.database.startswith((":memory:", "file:")):
                _touch_private(Path(parsed.database))
            engine = create_engine(
                parsed, poolclass=QueuePool, pool_size=4, connect_args={"check_same_thread": False}
            )
            _prepare_sqlite(engine, durability)
        else:
            engine = create_engine(parsed, pool_size=4, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError("[store] url: not a database URL that this installation can open") from error
    with answering("the database"), engine.begin() as connection:
        _make_tables(connection)
    return engine


def _touch_private(path: Path) -> None:
    """Make the file before SQLite does, so that it is nobody else's to read."""
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({type(error).__name__}); make the data directory writable or set [store] data_dir"
        ) from error


def _prepare_sqlite(engine: Engine, durability: Durability) -> None:
    level = "FULL" if durability is Durability.DISK else "NORMAL"

    @event.listens_for(engine, "connect")
    def on_connect(connection, _record) -> None:  # type: ignore[no-untyped-def]
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


def _make_tables(connection: Connection) -> None:
    if inspect(connection).has_table(schema.schema_version.name):
        found = connection.execute(select(schema.schema_version.c.version)).scalar_one()
        if not 1 <= found <= schema.VERSION:
            raise ConfigError(
                f"the database has schema version {found}, this program knows {schema.VERSION}; "
                "use the version of Redoubt that wrote it"
            )
        if found < schema.VERSION:
            from redoubt.adapters.sql.migrations import upgrade

            upgrade(connection, found)
            connection.execute(update(schema.schema_version).values(version=schema.VERSION))
        return
    schema.metadata.create_all(connection)
    connection.execute(insert(schema.schema_version).values(version=schema.VERSION))
    connection.execute(insert(schema.tree).values(id=1, size=0, frontier=b""))
    connection.execute(insert(schema.directory).values(id=1, version=0))


@contextmanager
def answering(what: str, also: type[Exception] = SQLAlchemyError) -> Iterator[None]:
    """Turn whatever the database says went wrong into a ServiceError that quotes none of it; ``also``: a driver's own."""
    try:
        yield
    except (SQLAlchemyError, also) as error:
        raise ServiceError(
            f"{what} cannot be read or written ({type(error).__name__}); check the disk, its free space and the store's URL"
        ) from error


@contextmanager
def reading(engine: Engine, what: str) -> Iterator[Connection]:
    """Open a transaction that only reads."""
    with answering(what), engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, what: str) -> Iterator[Connection]:
    """Open a transaction that writes; it has the only writer's place from its first moment."""
    with answering(what), engine.begin() as connection:
        yield connection
