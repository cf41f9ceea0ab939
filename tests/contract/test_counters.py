"""What every store of counters must do, to the millisecond."""

import asyncio
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from redoubt.domain.limits import Period
from redoubt.services.limits.counters import (
    LEASE_MS,
    Counters,
    Draw,
    Gauge,
    Keep,
    Look,
    Manner,
    Settle,
    Settlement,
    Standing,
    Take,
    Taken,
)
from tests.limiting import NOON, STORES, Clock, counters

MINUTE = Gauge(Manner.SLIDING, 10, Period.MINUTE)
DAY = Gauge(Manner.CALENDAR, 10, Period.DAY)
MONTH = Gauge(Manner.CALENDAR, 10, Period.MONTH)
BUCKET = Gauge(Manner.BUCKET, 10, Period.MINUTE, burst=5)
PLACES = Gauge(Manner.PLACES, 2)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Counters]:
    with counters(request.param, tmp_path, request, clock) as opened:
        yield opened


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def draw(gauge: Gauge, units: int = 1, name: str = "a", *, shadow: bool = False) -> Draw:
    return Draw(name * 32, gauge, units, shadow)


def take(store: Counters, *draws: Draw, holder: str = "h") -> Taken:
    taken: Taken = run(store.run(Take(draws, holder)))
    return taken


def settle(store: Counters, taken: Taken, used: int, *draws: Draw, holder: str = "h") -> None:
    settlements = tuple(Settlement(d, m, used) for d, m in zip(draws, taken.marks, strict=True))
    run(store.run(Settle(settlements, holder)))


def left(store: Counters, gauge: Gauge, name: str = "a") -> int:
    looked: Taken = run(store.run(Look((draw(gauge, 0, name),))))
    return looked.standings[0].left


@pytest.mark.parametrize("gauge", [MINUTE, DAY, MONTH], ids=lambda g: g.manner + (g.period or ""))
def test_the_whole_amount_and_not_one_more(store: Counters, gauge: Gauge) -> None:
    assert take(store, draw(gauge, 9)).standings[0].left == 1
    assert take(store, draw(gauge, 2)).refused == 0
    assert take(store, draw(gauge, 1)).refused == -1
    assert take(store, draw(gauge, 1)).refused == 0
    assert left(store, gauge) == 0


def test_a_strict_minute_frees_what_is_older_than_a_minute_and_a_slice(store: Counters, clock: Clock) -> None:
    take(store, draw(MINUTE, 6))
    clock.now += 30
    take(store, draw(MINUTE, 4))
    refused = take(store, draw(MINUTE, 1))
    assert refused.standings[0] == Standing(0, wait_ms=33_000, reset_ms=63_000)
    clock.now += 32.999
    assert take(store, draw(MINUTE, 1)).refused == 0
    clock.now += 0.001
    assert take(store, draw(MINUTE, 6)).refused == -1


def test_a_day_ends_at_midnight_utc(store: Counters, clock: Clock) -> None:
    take(store, draw(DAY, 10))
    assert take(store, draw(DAY, 1)).standings[0].wait_ms == 12 * 3600 * 1000
    clock.now += 12 * 3600 - 0.001
    assert take(store, draw(DAY, 1)).refused == 0
    clock.now += 0.001
    assert take(store, draw(DAY, 10)).refused == -1


def test_a_month_ends_with_the_calendars(store: Counters, clock: Clock) -> None:
    take(store, draw(MONTH, 10))
    days_left = 5  # of November, and half of the 25th
    assert take(store, draw(MONTH, 1)).standings[0].wait_ms == (days_left + 0.5) * 24 * 3600 * 1000
    clock.now += (days_left + 0.5) * 24 * 3600
    assert left(store, MONTH) == 10


def test_a_bucket_lets_a_burst_through_and_then_a_steady_rate(store: Counters, clock: Clock) -> None:
    assert take(store, draw(BUCKET, 5)).standings[0] == Standing(0, 0, reset_ms=30_000)
    assert take(store, draw(BUCKET, 1)).standings[0].wait_ms == 6_000
    clock.now += 5.999
    assert take(store, draw(BUCKET, 1)).refused == 0
    clock.now += 0.001
    assert take(store, draw(BUCKET, 1)).refused == -1


def test_places_are_given_back(store: Counters) -> None:
    first = take(store, draw(PLACES), holder="one")
    take(store, draw(PLACES), holder="two")
    assert take(store, draw(PLACES), holder="three").refused == 0
    settle(store, first, 1, draw(PLACES), holder="one")
    assert take(store, draw(PLACES), holder="three").refused == -1


def test_a_holder_that_is_not_heard_of_loses_its_place(store: Counters, clock: Clock) -> None:
    take(store, draw(PLACES), holder="crashed")
    take(store, draw(PLACES), holder="alive")
    clock.now += LEASE_MS / 2000
    run(store.run(Keep((draw(PLACES),), "alive")))
    clock.now += LEASE_MS / 2000
    assert left(store, PLACES) == 1


@pytest.mark.parametrize("gauge", [MINUTE, DAY, BUCKET], ids=lambda g: g.manner)
def test_what_was_not_used_is_given_back(store: Counters, gauge: Gauge) -> None:
    taken = take(store, draw(gauge, 5))
    before = left(store, gauge)
    settle(store, taken, 2, draw(gauge, 5))
    assert left(store, gauge) == before + 3


@pytest.mark.parametrize("gauge", [MINUTE, DAY, BUCKET], ids=lambda g: g.manner)
def test_what_was_used_beyond_is_missing_afterwards(store: Counters, gauge: Gauge) -> None:
    taken = take(store, draw(gauge, 2))
    settle(store, taken, 20, draw(gauge, 2))
    assert left(store, gauge) < 0
    assert take(store, draw(gauge, 1)).refused == 0


def test_what_a_bucket_gives_back_is_only_what_has_not_drained(store: Counters, clock: Clock) -> None:
    taken = take(store, draw(BUCKET, 5))
    clock.now += 30  # all five have drained
    take(store, draw(BUCKET, 5), holder="other")
    settle(store, taken, 0, draw(BUCKET, 5))
    assert left(store, BUCKET) == 0, "the other's five are still there"


def test_what_ends_late_is_counted_now(store: Counters, clock: Clock) -> None:
    taken = take(store, draw(MINUTE, 2))
    clock.now += 3600
    settle(store, taken, 9, draw(MINUTE, 2))
    assert left(store, MINUTE) == 3


def test_all_or_none(store: Counters) -> None:
    wide, narrow = draw(DAY, 3, "a"), draw(MINUTE, 11, "b")
    refused = take(store, wide, narrow)
    assert (refused.refused, refused.standings[1].wait_ms, refused.marks) == (1, -1, ())
    assert left(store, DAY, "a") == 10


def test_the_longest_wait_is_told(store: Counters) -> None:
    take(store, draw(MINUTE, 10, "a"), draw(DAY, 10, "b"))
    assert take(store, draw(MINUTE, 1, "a"), draw(DAY, 1, "b")).refused == 1
    assert take(store, draw(DAY, 1, "b"), draw(MINUTE, 1, "a")).refused == 0


def test_a_shadow_counts_and_does_not_refuse(store: Counters) -> None:
    for _ in range(3):
        taken = take(store, draw(MINUTE, 6, shadow=True))
    assert (taken.refused, taken.over) == (-1, (0,))
    assert left(store, MINUTE) == -8


@pytest.mark.parametrize("gauge", [MINUTE, DAY, BUCKET], ids=lambda g: g.manner)
def test_what_is_beyond_all_measure_stops_nobody_elses_count(store: Counters, gauge: Gauge) -> None:
    for _ in range(3):
        taken = take(store, draw(gauge, 10**14, shadow=True), draw(MINUTE, 1, "b"))
        settle(store, taken, 10**14, draw(gauge, 1, shadow=True), draw(MINUTE, 10**14, "b"))
    assert left(store, gauge) < 0
    assert take(store, draw(DAY, 1, "c")).refused == -1


def test_nothing_is_taken_by_looking(store: Counters) -> None:
    assert [left(store, gauge) for gauge in (MINUTE, DAY, PLACES, BUCKET)] == [10, 10, 2, 5]
    assert left(store, MINUTE) == 10


@pytest.mark.parametrize("gauge", [MINUTE, DAY, BUCKET], ids=lambda g: g.manner)
def test_a_clock_that_steps_back_frees_nothing(store: Counters, clock: Clock, gauge: Gauge) -> None:
    full = gauge.burst or gauge.amount
    take(store, draw(gauge, full))
    clock.now -= 7 * 24 * 3600
    assert take(store, draw(gauge, 1)).refused == 0
    clock.now += 24 * 3600
    assert take(store, draw(gauge, full)).refused == -1, "after a period at the new time all is free again"


def test_what_is_over_is_forgotten(store: Counters, clock: Clock) -> None:
    take(store, draw(MINUTE, 3), draw(PLACES, 1, "b"), draw(BUCKET, 2, "c"))
    clock.now += 3600
    run(store.purge())
    assert left(store, MINUTE) == 10


def test_many_counters_at_once(store: Counters) -> None:
    draws = tuple(Draw(f"{i:032x}", MINUTE, 1) for i in range(40))
    assert len(take(store, *draws).marks) == 40


def test_noon() -> None:
    assert NOON % 86_400 == 43_200
