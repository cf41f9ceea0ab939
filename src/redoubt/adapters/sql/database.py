"""Opens the database that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from redoubt.adapters.sql.address import FILE as FILE
from redoubt.adapters.sql.address import address
from redoubt.adapters.sql.master import Master, check_master
from redoubt.adapters.sql.tables import State, make_tables, state
from redoubt.adapters.sql.unhurried import unhurried
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.settings import Durability, StoreSettings

_STORE = StoreSettings()


def open_database(
    url: str,
    data_dir: Path,
    durability: Durability,
    *,
    store: StoreSettings = _STORE,
    master: Master | None = None,
) -> Engine:
    """Return an engine with its tables made; ``url`` empty means SQLite in ``data_dir``.

    ``store`` says how long PostgreSQL may take and whether older tables are brought up to date; ``master`` is what the database is
    held against, None where its own comes with a backup. Raises ConfigError where the URL is no good, the tables are of another
    version or the master key is another one, ServiceError where the database does not answer.
    """
    where = address(url, data_dir)
    engine = _engine(where, durability, store)
    try:
        # An hour: so long another gateway may be busy with bringing the tables up to date.
        with _reaching(where), engine.begin() as connection, unhurried(connection):
            make_tables(connection, store.migrate)
            if master is not None:
                check_master(connection, master)
    except BaseException:
        engine.dispose()
        raise
    return engine


def schema_state(url: str, data_dir: Path) -> State:
    """Say which version the tables have and what is due; nothing is changed. Raises as `open_database` does."""
    where = address(url, data_dir)
    engine = _engine(where, Durability.PROCESS, _STORE)
    try:
        with _reaching(where), engine.connect().execution_options(reading=True) as connection:
            return state(connection)
    finally:
        engine.dispose()


def _engine(url: URL, durability: Durability, store: StoreSettings) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            from redoubt.adapters.sql.sqlite import open_sqlite

            return open_sqlite(url, durability)
        from redoubt.adapters.sql.postgres import Bounds, open_postgres

        return open_postgres(url, Bounds(store.connect_timeout, store.statement_timeout, store.pool_size))
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            "[store] url: PostgreSQL needs psycopg, which is not installed: pip install 'redoubt-ai[postgresql]'"
        ) from error


@contextmanager
def _reaching(url: URL) -> Iterator[None]:
    """Say of the first contact what an operator can mend; neither the URL's password nor the server's words are quoted."""
    try:
        yield
    except SQLAlchemyError as error:
        if url.get_backend_name() == "sqlite":
            raise ServiceError(_answer("the database", error)) from error
        raise ServiceError(
            f"PostgreSQL at {url.host or 'this machine'}:{url.port or 5432} lets nobody in or does not answer "
            f"({type(error).__name__}); check that it runs, and in [store] url the host, the user, the password, and that the "
            "database exists and its user may make tables"
        ) from None


def _answer(what: str, error: Exception) -> str:
    return f"{what} cannot be read or written ({type(error).__name__}); check the disk, its free space and the store's URL"


@contextmanager
def answering(what: str, also: type[Exception] = SQLAlchemyError) -> Iterator[None]:
    """Turn whatever the database says went wrong into a ServiceError that quotes none of it; ``also``: a driver's own."""
    try:
        yield
    except (SQLAlchemyError, also) as error:
        raise ServiceError(_answer(what, error)) from error


@contextmanager
def reading(engine: Engine, what: str) -> Iterator[Connection]:
    """Open a transaction that only reads."""
    with answering(what), engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, what: str) -> Iterator[Connection]:
    """Open a transaction that writes; in SQLite it has the only writer's place from its first moment."""
    with answering(what), engine.begin() as connection:
        yield connection
