"""The arithmetic of limits against what it stands for: an exact log, the algorithm as the standard writes it, the other stores."""

import asyncio
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis as Client

from redoubt.adapters.redis.connection import open_redis
from redoubt.adapters.redis.counters import RedisCounters
from redoubt.domain.limits import LENGTHS, Period
from redoubt.services.limits.calendar import SLICES
from redoubt.services.limits.counters import (
    Draw,
    Gauge,
    Job,
    Keep,
    Look,
    Manner,
    Settle,
    Settlement,
    Take,
    Taken,
)
from redoubt.services.limits.memory import MemoryCounters
from redoubt.services.limits.tally import Tally, add, advance, weigh
from tests.limiting import NOON, Clock
from tests.servers import Redis

START = int(NOON * 1000)
AMOUNT = 12
STEPS = st.lists(st.tuples(st.integers(0, 900), st.integers(1, AMOUNT)), min_size=1, max_size=60)
"""Milliseconds until the next request, and how many units it asks for."""


@given(STEPS, st.sampled_from([Period.SECOND, Period.MINUTE]))
def test_a_strict_limit_against_an_exact_log(steps: list[tuple[int, int]], period: Period) -> None:
    gauge = Gauge(Manner.SLIDING, AMOUNT, period)
    length = LENGTHS[period]
    scale = length // 1000
    log: list[tuple[int, int]] = []
    tally, now = Tally(), START
    for pause, units in steps:
        now += pause * scale
        advance(gauge, tally, now)
        admitted = weigh(gauge, tally, units, now).wait_ms == 0
        within = sum(count for at, count in log if at > now - length)
        longer = sum(count for at, count in log if at > now - length - length // SLICES)
        if admitted:
            assert within + units <= AMOUNT, "an interval of this length has more than the amount"
            add(gauge, tally, units, now, "")
            log.append((now, units))
        else:
            assert longer + units > AMOUNT, "a window longer by one slice would have let it through"


@given(STEPS, st.integers(AMOUNT, 40))
def test_a_bucket_against_the_virtual_scheduling_algorithm(steps: list[tuple[int, int]], burst: int) -> None:
    """ITU-T I.371, Annex A: theoretical arrival time, increment T, tolerance tau; in fractions."""
    gauge = Gauge(Manner.BUCKET, AMOUNT, Period.SECOND, burst)
    increment = Fraction(1000, AMOUNT)
    tally, now, tat = Tally(), START, Fraction(0)
    for pause, units in steps:
        now += pause
        advance(gauge, tally, now)
        standing = weigh(gauge, tally, units, now)
        after = max(tat, Fraction(now)) + units * increment
        conforms = after - now <= burst * increment
        assert (standing.wait_ms == 0) is conforms
        if conforms:
            add(gauge, tally, units, now, "")
            tat = after
        elif units <= burst:
            advance(gauge, tally, now + standing.wait_ms)
            assert weigh(gauge, tally, units, now + standing.wait_ms).wait_ms == 0
            tally.at, tally.level = now, tally.level + AMOUNT * standing.wait_ms


GAUGES = (
    Gauge(Manner.SLIDING, 9, Period.SECOND),
    Gauge(Manner.CALENDAR, 9, Period.DAY),
    Gauge(Manner.CALENDAR, 20, Period.MONTH),
    Gauge(Manner.BUCKET, 7, Period.SECOND, 5),
    Gauge(Manner.PLACES, 2),
)
PAUSES = st.sampled_from([0, 1, 49, 50, 300, 1049, 61_000, 86_400_000, 40 * 86_400_000])
"""Milliseconds. A clock that steps back is in the contract that every store keeps: there they differ by what they remember."""
ACTS = st.lists(
    st.tuples(
        PAUSES,
        st.sampled_from(["take", "take", "settle", "keep", "look"]),
        st.lists(
            st.tuples(st.integers(0, len(GAUGES) - 1), st.integers(1, 6), st.booleans()),
            min_size=1,
            max_size=4,
        ),
        st.integers(0, 9),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def client(redis_server: Redis) -> Iterator[Client]:
    opened = open_redis(redis_server.url)
    yield opened
    opened.close()


@settings(max_examples=40)
@given(acts=ACTS)
def test_redis_counts_as_memory_does(client: Client, acts: list) -> None:  # type: ignore[type-arg]
    client.flushall()
    loop = asyncio.Runner()
    clock = Clock()
    ours, theirs = MemoryCounters(clock), RedisCounters(client, clock=clock)
    open_now: list[tuple[tuple[Draw, ...], Taken, str]] = []

    def both(job: Job) -> Taken:
        expected = loop.run(ours.run(job))
        [got] = theirs.run([job])
        assert got == expected or isinstance(job, Settle | Keep)
        return expected

    for number, (pause, act, wanted, used) in enumerate(acts):
        clock.now += pause / 1000
        chosen = {which: (units, shadow) for which, units, shadow in wanted}
        draws = tuple(Draw(f"{w:032x}", GAUGES[w], u, s) for w, (u, s) in chosen.items())
        if act == "take":
            taken = both(Take(draws, f"holder{number}"))
            if taken.marks:
                open_now.append((draws, taken, f"holder{number}"))
        elif act == "look":
            both(Look(draws))
        elif open_now:
            held, taken, holder = open_now.pop(used % len(open_now))
            if act == "keep":
                both(Keep(tuple(d for d in held if d.gauge.manner is Manner.PLACES), holder))
            else:
                both(
                    Settle(
                        tuple(Settlement(d, m, used) for d, m in zip(held, taken.marks, strict=True)), holder
                    )
                )
        both(Look(tuple(Draw(f"{w:032x}", gauge, 0) for w, gauge in enumerate(GAUGES))))
    loop.close()
