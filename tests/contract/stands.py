"""The databases that the contracts are run against, each empty and for one test alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from redoubt.adapters.sql.database import open_database
from redoubt.domain.settings import Durability
from tests.servers import Postgres

KINDS = ("sqlite", "postgresql")


@dataclass
class Stand:
    """One database, with its tables made."""

    kind: str
    url: str
    folder: Path
    engine: Engine
    files: Callable[[], Iterator[Path]]
    """All files in which the database keeps what it holds, written out."""
    others: list[Engine] = field(default_factory=list)

    def open(self) -> Engine:
        """Open it once more, as another gateway does."""
        self.others.append(open_database(self.url, self.folder, Durability.PROCESS))
        return self.others[-1]

    def close(self) -> None:
        for engine in (self.engine, *self.others):
            engine.dispose()

    def run(self, statement: str) -> list[Any]:
        """Change it behind the stores' back; return the rows where there are any."""
        with self.engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []


def sqlite(folder: Path) -> Iterator[Stand]:
    engine = open_database("", folder, Durability.PROCESS)
    stand = Stand("sqlite", "", folder, engine, lambda: folder.rglob("*"))
    yield stand
    stand.close()


def postgresql(folder: Path, server: Postgres) -> Iterator[Stand]:
    url = server.database().replace("+psycopg", "")
    engine = open_database(url, folder, Durability.PROCESS)
    stand = Stand("postgresql", url, folder, engine, lambda: iter(()))

    def files() -> Iterator[Path]:
        [(oid,)] = stand.run("SELECT oid FROM pg_database WHERE datname = current_database()")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
        yield from (server.data / "base" / str(oid)).iterdir()
        yield from (path for path in (server.data / "pg_wal").iterdir() if path.is_file())

    stand.files = files
    yield stand
    stand.close()
