"""A server that was cut off is not waited for; what it is told about a session."""

from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

import pytest
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from redoubt.adapters.sql.postgres import NETWORK_SECONDS, Bounds, open_postgres
from redoubt.adapters.sql.unhurried import unhurried
from tests.e2e.relay import Relay
from tests.servers import Postgres

BOUNDS = Bounds(connect_timeout=2, statement_timeout=0.2, pool_size=3)


@pytest.fixture
def wire(postgres: Postgres) -> Iterator[Relay]:
    made = Relay(postgres.port)
    yield made
    made.close()


@pytest.fixture
def engine(postgres: Postgres, wire: Relay) -> Iterator[Engine]:
    made = open_postgres(make_url(postgres.database()).set(port=wire.port), BOUNDS)
    yield made
    made.dispose()


def test_a_silent_server_is_waited_for_so_long_and_no_longer(engine: Engine, wire: Relay) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        wire.fall_silent()
        begun = monotonic()
        with pytest.raises(OperationalError, match="said nothing"):
            connection.exec_driver_sql("SELECT 1")
        took = monotonic() - begun
    assert BOUNDS.statement_timeout + NETWORK_SECONDS <= took < BOUNDS.statement_timeout + NETWORK_SECONDS + 3
    begun = monotonic()
    with pytest.raises(OperationalError):
        engine.connect()
    assert monotonic() - begun < 6, "nor is a new connection"
    wire.mend()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


@pytest.mark.parametrize("fails", [False, True])
def test_what_may_take_long_has_its_time_and_nothing_after_it(engine: Engine, *, fails: bool) -> None:
    with suppress(ProgrammingError), engine.begin() as connection, unhurried(connection, 5.0):
        connection.exec_driver_sql("SELECT pg_sleep(0.5)")
        if fails:
            connection.exec_driver_sql("SELECT nothing_of_that_name()")
    with pytest.raises(OperationalError, match="statement timeout"), engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(5)")


def test_all_connections_in_use_is_an_error_and_not_a_queue_without_an_end(engine: Engine) -> None:
    held = [engine.connect() for _ in range(BOUNDS.pool_size)]
    begun = monotonic()
    with pytest.raises(Exception, match="QueuePool limit"):
        engine.connect()
    assert monotonic() - begun < 5
    for connection in held:
        connection.close()


def test_the_server_ends_what_nobody_ends_and_forgets_no_commit(postgres: Postgres) -> None:
    url = postgres.database()
    name = make_url(url).database
    first = open_postgres(make_url(url), BOUNDS)
    with first.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    first.dispose()
    engine = open_postgres(make_url(url), BOUNDS)
    with engine.connect() as connection:
        told = {
            setting: connection.exec_driver_sql(f"SHOW {setting}").scalar_one()
            for setting in (
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "synchronous_commit",
                "transaction_isolation",
                "application_name",
            )
        }
    engine.dispose()
    assert told == {
        "statement_timeout": "200ms",
        "idle_in_transaction_session_timeout": "30s",
        "synchronous_commit": "on",
        "transaction_isolation": "read committed",
        "application_name": "redoubt",
    }
