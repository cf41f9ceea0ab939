"""Stores that go away and come back: nothing passes meanwhile, everything answers in time, nothing that counts is forgotten."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from redoubt.adapters.redis.connection import open_redis
from redoubt.adapters.redis.counters import RedisCounters, keeps_on_disk
from redoubt.domain.errors import ServiceError
from redoubt.domain.limits import Period
from redoubt.services.limits.counters import (
    LEASE_MS,
    Counters,
    Draw,
    Gauge,
    Job,
    Look,
    Manner,
    Settle,
    Settlement,
    Take,
    Taken,
)
from redoubt.services.limits.queued import PATIENCE, QueuedCounters
from tests.limiting import Clock, shared
from tests.servers import Postgres, Redis, new_postgres, new_redis

MINUTE = Draw("a" * 32, Gauge(Manner.SLIDING, 10, Period.MINUTE), 4)
BUCKET = Draw("b" * 32, Gauge(Manner.BUCKET, 10, Period.MINUTE, 5), 1)
DAY = Draw("c" * 32, Gauge(Manner.CALENDAR, 10, Period.DAY), 4)
PLACE = Draw("d" * 32, Gauge(Manner.PLACES, 5), 1)


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    server = new_postgres()
    yield server
    server.close()


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    server = new_redis()
    yield server
    server.close()


def run(counters: Counters, job: Job) -> Taken:
    return asyncio.run(counters.run(job))


def refuses_in_time(counters: Counters) -> None:
    begun = time.monotonic()
    with pytest.raises(ServiceError):
        run(counters, Take((DAY,), "h"))
    assert time.monotonic() - begun < PATIENCE + 2


def test_postgres_gone_and_back(own_postgres: Postgres, tmp_path: Path) -> None:
    with shared(own_postgres.database(), str(tmp_path)) as counters:
        run(counters, Take((DAY,), "h"))
        own_postgres.kill()
        refuses_in_time(counters)
        own_postgres.start()
        assert run(counters, Look((DAY,))).standings[0].left == 6


def test_sqlite_remembers_over_a_restart(tmp_path: Path) -> None:
    for left in (6, 2):
        with shared("", str(tmp_path)) as counters:
            assert run(counters, Take((DAY,), "h")).standings[0].left == left


def test_a_redis_that_forgot_is_taken_to_have_been_full(own_redis: Redis) -> None:
    clock = Clock()
    counters = QueuedCounters(RedisCounters(open_redis(own_redis.url), clock=clock))
    taken = run(counters, Take((MINUTE, BUCKET, PLACE), "h"))
    own_redis.kill()
    refuses_in_time(counters)
    own_redis.start()
    for draw in (MINUTE, BUCKET, DAY, PLACE):
        assert run(counters, Take((draw,), "i")).refused == 0, draw.gauge.manner
    settlement = Settlement(MINUTE, taken.marks[0], 1)
    run(counters, Settle((settlement,), "h"))
    assert run(counters, Look((MINUTE,))).standings[0].left == 3, (
        "of what is unknown, what is known is given back"
    )
    clock.now += 6
    assert run(counters, Take((BUCKET,), "i")).refused == -1, "the steady rate goes on"
    clock.now += LEASE_MS / 1000
    for draw in (MINUTE, PLACE):
        assert run(counters, Take((draw,), "i")).refused == -1, draw.gauge.manner
    counters.close()


def test_every_gateway_honours_what_one_has_noticed(own_redis: Redis) -> None:
    clock = Clock()
    old, newcomer = (RedisCounters(open_redis(own_redis.url), clock=clock) for _ in range(2))
    old.run([Take((MINUTE,), "h")])
    own_redis.restart()
    [fresh] = newcomer.run([Take((MINUTE,), "h")])
    assert isinstance(fresh, Taken)
    assert fresh.refused == -1, "a gateway that starts on an empty Redis cannot know that there was another"
    old.run([Look((MINUTE,))])
    other = Draw("e" * 32, MINUTE.gauge, 4)
    for counters in (old, newcomer):
        [refused] = counters.run([Take((other,), "h")])
        assert isinstance(refused, Taken)
        assert refused.refused == 0
        counters.close()


def test_scripts_that_redis_has_dropped_are_brought_again(own_redis: Redis) -> None:
    counters = RedisCounters(open_redis(own_redis.url))
    counters.run([Take((DAY,), "h")])
    with open_redis(own_redis.url) as client:
        client.script_flush()
    [taken] = counters.run([Take((DAY,), "h")])
    assert isinstance(taken, Taken)
    assert taken.standings[0].left == 2
    counters.close()


def test_whether_redis_keeps_what_it_counts_is_known(own_redis: Redis) -> None:
    assert not keeps_on_disk(open_redis(own_redis.url))
    with open_redis(own_redis.url) as client:
        client.config_set("appendonly", "yes")
    assert keeps_on_disk(open_redis(own_redis.url))
    own_redis.kill()  # it would take its time to end: its log is being written for the first time


class Slow:
    """A store that answers too late."""

    def __init__(self) -> None:
        self.done: list[Job] = []

    def run(self, jobs: list[Job]) -> list[Taken]:
        time.sleep(0.3)
        self.done += jobs
        return [Taken(()) for _ in jobs]

    def purge(self) -> int:
        return 0

    def close(self) -> None:
        pass


def test_who_waits_no_more_takes_nothing_but_what_was_used_counts() -> None:
    slow = Slow()
    counters = QueuedCounters(slow, patience=0.1)  # type: ignore[arg-type]
    first, second, used = Take((DAY,), "1"), Take((DAY,), "2"), Settle((), "3")

    async def work() -> list[Taken | BaseException]:
        begun = asyncio.ensure_future(counters.run(first))
        await asyncio.sleep(0.05)
        late = [asyncio.ensure_future(counters.run(job)) for job in (second, used)]
        return await asyncio.gather(begun, *late, return_exceptions=True)

    assert [type(result) for result in asyncio.run(work())] == [ServiceError] * 3
    counters.close()
    time.sleep(0.5)
    assert slow.done == [first, used]
    with pytest.raises(ServiceError, match="closed"):
        asyncio.run(counters.run(first))
