"""No budget is ever exceeded: 200 callers at once, random estimates, random ends, on every store, in one process and in two."""

import asyncio
import multiprocessing
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from redoubt.domain.errors import LimitError
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.domain.principal import Principal
from redoubt.services.limits.book import LimitBook
from redoubt.services.limits.counters import Counters
from redoubt.services.limits.interface import Ask
from tests.limiting import STORES, counters, shared
from tests.servers import Postgres, Redis

BUDGET = 1000
LIMITS = (
    Limit("tokens", LimitScope.ALL, LimitUnit.TOKENS, BUDGET, Period.DAY),
    Limit("cost", LimitScope.APP, LimitUnit.COST, 10 * BUDGET, Period.MONTH),
    Limit("seats", LimitScope.ALL, LimitUnit.CONCURRENT, 150),
)
WHO = Principal("key_a", "a")


@dataclass
class Spent:
    """What is known to be spent or reserved, by whoever spends it."""

    settled: int = 0
    outstanding: int = 0
    most: int = 0
    refused: int = 0

    def observe(self) -> None:
        self.most = max(self.most, self.settled + self.outstanding)


async def ask(book: LimitBook, spent: Spent, draw: random.Random) -> None:
    """One caller: asks a few times, and uses what it asked for, or less, or hangs up, or dies."""
    for _ in range(4):
        estimate = draw.randint(1, 60)
        try:
            reservation = await book.reserve(WHO, "m", Ask(1, estimate, 10 * estimate))
        except LimitError:
            spent.refused += 1
            continue
        spent.outstanding += estimate
        spent.observe()
        await asyncio.sleep(draw.random() / 100)
        if draw.random() < 0.1:
            return  # it died: what it reserved stays counted
        used = draw.choice((0, draw.randint(0, estimate), estimate))
        spent.outstanding -= estimate
        spent.settled += used
        await book.settle(reservation, Ask(1, used, 10 * used))
        spent.observe()


async def race(opened: Counters, callers: int, seed: int) -> Spent:
    book = LimitBook(LIMITS, opened, random=secrets.token_bytes)
    spent = Spent()
    draws = [random.Random(seed * 1000 + n) for n in range(callers)]  # noqa: S311 - what callers happen to do
    await asyncio.gather(*(ask(book, spent, draw) for draw in draws))
    return spent


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counters]:
    with counters(request.param, tmp_path, request, None) as opened:
        yield opened


def test_200_callers_and_1000_tokens_never_1001(store: Counters) -> None:
    async def scenario() -> Spent:
        spent = await race(store, 200, seed=1)
        book, left = (
            LimitBook(LIMITS, store, random=secrets.token_bytes),
            BUDGET - spent.settled - spent.outstanding,
        )
        if left:  # what was given back can be had, to the last token
            await book.reserve(WHO, "m", Ask(1, left, 10 * left))
        with pytest.raises(LimitError):
            await book.reserve(WHO, "m", Ask(1, 1, 10))
        return spent

    spent = asyncio.run(scenario())
    assert spent.most <= BUDGET
    assert spent.refused > 0


def racer(url: str, folder: str, seed: int, told: "multiprocessing.Queue[tuple[int, int]]") -> None:
    with shared(url, folder) as opened:
        spent = asyncio.run(race(opened, 100, seed))
    told.put((spent.settled + spent.outstanding, spent.refused))


@pytest.mark.parametrize("kind", ["sqlite", "postgres", "redis"])
def test_two_processes_share_one_budget(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = ""
    if kind == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    elif kind == "redis":
        redis: Redis = request.getfixturevalue("redis_server")
        redis.restart()
        url = redis.url
    with shared(url, str(tmp_path)):
        pass  # the tables are there
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[tuple[int, int]] = context.Queue()
    both = [context.Process(target=racer, args=(url, str(tmp_path), seed, told)) for seed in (1, 2)]
    for process in both:
        process.start()
    results = [told.get(timeout=60) for _ in both]
    for process in both:
        process.join(30)
    assert sum(spent for spent, _ in results) <= BUDGET
    assert sum(spent for spent, _ in results) > BUDGET * 0.8
    assert all(refused for _, refused in results)
