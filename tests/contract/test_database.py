"""How a database is opened, whichever it is."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Engine

from redoubt.adapters.sql.database import open_database, schema_state
from redoubt.adapters.sql.schema import VERSION
from redoubt.domain.errors import ConfigError, RedoubtError, ServiceError
from redoubt.domain.settings import Durability, StoreSettings
from tests.contract.stands import Stand
from tests.servers import Postgres, free_port


def test_a_database_of_a_newer_version_is_refused(stand: Stand) -> None:
    stand.run("UPDATE schema_version SET version = 99")
    with pytest.raises(ConfigError, match="schema version 99"):
        stand.open()
    with pytest.raises(ConfigError, match="schema version 99"):
        schema_state(stand.url, stand.folder)


def test_an_open_database_has_nothing_due(stand: Stand) -> None:
    state = schema_state(stand.url, stand.folder)
    assert (state.found, state.steps) == (VERSION, ())


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysterydb://u:hush-hush@h/x",
        "postgresql://u:hush-hush@h:port/x",
        "postgresql://u:hush-hush@h:1",
        "postgresql+asyncpg://u:hush-hush@h/x",
        "sqlite:////no/such/folder/hush-hush.db",
        "postgresql://u:hush-hush@127.0.0.1:1/x",
    ],
)
def test_a_bad_url_is_said_so_and_not_quoted(tmp_path: Path, url: str) -> None:
    with pytest.raises((ConfigError, ServiceError)) as refused:
        open_database(url, tmp_path, Durability.DISK)
    told = str(refused.value)
    assert url not in told
    assert "hush-hush" not in told.replace("/hush-hush.db", ""), "a URL may hold a password"
    assert "[store] " in told


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_nobody_need_name_the_driver(postgres: Postgres, tmp_path: Path, scheme: str) -> None:
    url = postgres.database().replace("postgresql+psycopg", scheme)
    open_database(url, tmp_path, Durability.DISK).dispose()


@pytest.mark.parametrize(("wrong", "right"), [("user", "redoubt@"), ("database", "/t")])
def test_who_is_not_let_in_learns_what_to_look_at(
    postgres: Postgres, tmp_path: Path, wrong: str, right: str
) -> None:
    url = postgres.database().replace(right, right[:-1] + "x" + right[-1])
    with pytest.raises(ServiceError, match=wrong) as refused:
        open_database(url, tmp_path, Durability.DISK)
    assert "127.0.0.1" in str(refused.value)


def test_nobody_waits_for_a_server_that_is_not_there(tmp_path: Path) -> None:
    begun = monotonic()
    with pytest.raises(ServiceError):
        open_database(f"postgresql://u@127.0.0.1:{free_port()}/x", tmp_path, Durability.DISK)
    assert monotonic() - begun < 3


def test_many_that_start_at_once_make_the_tables_once(postgres: Postgres, tmp_path: Path) -> None:
    for url in (postgres.database(), ""):

        def start(_number: int, url: str = url) -> Engine | RedoubtError:
            try:
                return open_database(url, tmp_path, Durability.PROCESS)
            except RedoubtError as error:
                return error

        with ThreadPoolExecutor(6) as pool:
            opened = list(pool.map(start, range(6)))
        assert all(isinstance(engine, Engine) for engine in opened), opened
        for engine in opened:
            assert isinstance(engine, Engine)
            with engine.connect() as connection:
                rows = connection.exec_driver_sql("SELECT id, size FROM audit_tree").all()
                assert [tuple(row) for row in rows] == [(1, 0)]
            engine.dispose()


def test_a_statement_that_takes_too_long_is_ended(postgres: Postgres, tmp_path: Path) -> None:
    engine = open_database(
        postgres.database(), tmp_path, Durability.DISK, store=StoreSettings(statement_timeout=0.3)
    )
    begun = monotonic()
    with pytest.raises(Exception, match="statement timeout"), engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(20)")
    assert monotonic() - begun < 2
    engine.dispose()
