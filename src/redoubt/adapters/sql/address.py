"""Where the database is: what ``[store] url`` says, checked and completed. A URL may hold a password, so no error quotes one."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from redoubt.domain.errors import ConfigError

FILE = "redoubt.db"
POSTGRESQL = "postgresql+psycopg"
_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_POSTGRESQL = frozenset({"postgresql", "postgres", POSTGRESQL})
"""``postgres`` is what several hosts of databases write; libpq takes it too."""
_HOW = (
    "[store] url: not the URL of a database that Redoubt can open; "
    "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or nothing for SQLite in the data directory"
)


def address(url: str, data_dir: Path) -> URL:
    """Return the database's URL with the driver named; ``url`` empty means a file in ``data_dir``, which is made, for its owner alone.

    Raises ConfigError where it is no URL, names another kind of database or driver, or the file cannot be made.
    """
    if not url:
        _make_private(data_dir)
        url = f"sqlite:///{data_dir / FILE}"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(_HOW) from None
    if parsed.drivername in _SQLITE:
        if parsed.database and not parsed.database.startswith((":memory:", "file:")):
            _touch_private(Path(parsed.database))
        return parsed
    if parsed.drivername in _POSTGRESQL:
        if not parsed.database:
            raise ConfigError("[store] url: names no database; write postgresql://USER@HOST:PORT/DATABASE")
        return parsed.set(drivername=POSTGRESQL)
    raise ConfigError(_HOW)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"{folder}: the data directory cannot be made ({type(error).__name__}); set [store] data_dir"
        ) from error


def _touch_private(path: Path) -> None:
    """Make the file before SQLite does, so that it is nobody else's to read."""
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({type(error).__name__}); make the data directory writable or set [store] data_dir"
        ) from error
