"""Counters in every store there is, for tests that run against each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis as Client

from redoubt.adapters.redis.connection import open_redis
from redoubt.adapters.redis.counters import RedisCounters
from redoubt.adapters.sql.counters import SqlCounters
from redoubt.adapters.sql.database import open_database
from redoubt.domain.settings import Durability
from redoubt.services.limits.counters import Counters
from redoubt.services.limits.memory import MemoryCounters
from redoubt.services.limits.queued import QueuedCounters
from tests.servers import Postgres, Redis

STORES = ("memory", "sqlite", "postgres", "redis")
NOON = 1_795_608_000.0
"""2026-11-25, 12:00 UTC."""


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@contextmanager
def counters(
    store: str, folder: Path, request: pytest.FixtureRequest, clock: Callable[[], float] | None
) -> Iterator[Counters]:
    """Open empty counters in ``store``; ``clock`` None: the store's own."""
    if store == "memory":
        import time

        yield MemoryCounters(clock or time.time)
        return
    if store == "redis":
        server: Redis = request.getfixturevalue("redis_server")
        with Client(port=server.port) as client:
            client.flushall()
        opened: Counters = QueuedCounters(RedisCounters(open_redis(server.url), clock=clock))
        yield opened
        opened.close()
        return
    url = ""
    if store == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    engine = open_database(url, folder, Durability.PROCESS)
    opened = QueuedCounters(SqlCounters(engine, clock=clock))
    yield opened
    opened.close()
    engine.dispose()


@contextmanager
def shared(url: str, folder: str) -> Iterator[Counters]:
    """Open counters that other processes share, on their store's own clock; ``url`` empty: SQLite in ``folder``."""
    if url.startswith("redis://"):
        opened = QueuedCounters(RedisCounters(open_redis(url)))
        yield opened
        opened.close()
        return
    engine = open_database(url, Path(folder), Durability.PROCESS)
    opened = QueuedCounters(SqlCounters(engine))
    yield opened
    opened.close()
    engine.dispose()
