"""What limits cost: one reservation and its settlement, 64 callers at once, on each store.

``python -m benchmarks limits [--seconds N]``. PostgreSQL and Redis are started for the purpose where they are installed. Three limits
apply to each exchange: requests per minute and tokens per hour of a key, tokens per day in all.
"""

import argparse
import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import which
from statistics import quantiles
from tempfile import TemporaryDirectory

from tests.servers import new_postgres, new_redis

from redoubt.adapters.redis.connection import open_redis
from redoubt.adapters.redis.counters import RedisCounters
from redoubt.adapters.sql.counters import SqlCounters
from redoubt.adapters.sql.database import open_database
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.domain.principal import Principal
from redoubt.domain.settings import Durability
from redoubt.services.limits.book import LimitBook
from redoubt.services.limits.counters import Counters
from redoubt.services.limits.interface import Ask
from redoubt.services.limits.memory import MemoryCounters
from redoubt.services.limits.queued import QueuedCounters

CALLERS = 64
PLENTY = 10**12
LIMITS = (
    Limit("requests", LimitScope.KEY, LimitUnit.REQUESTS, PLENTY, Period.MINUTE),
    Limit("tokens", LimitScope.KEY, LimitUnit.TOKENS, PLENTY, Period.HOUR),
    Limit("day", LimitScope.ALL, LimitUnit.TOKENS, PLENTY, Period.DAY),
)


async def measure(counters: Counters, seconds: float, callers: int) -> tuple[float, list[float]]:
    """Return exchanges per second, and what each spent on limits, in milliseconds."""
    book = LimitBook(LIMITS, counters, random=secrets.token_bytes)
    spent: list[float] = []
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        who = Principal(f"key_{number}", "bench")
        while (begun := time.perf_counter()) < end:
            first = await book.reserve(who, None, Ask())
            second = await book.reserve(who, "model", Ask(1, 100))
            await book.settle(second, Ask(1, 60))
            await book.settle(first, Ask())
            spent.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(callers)))
    return len(spent) / seconds, spent


@contextmanager
def opened(store: str, stack: ExitStack) -> Iterator[Counters]:
    """Open empty counters."""
    if store == "memory":
        yield MemoryCounters(time.time)
        return
    if store == "Redis":
        server = new_redis()
        stack.callback(server.close)
        counters = QueuedCounters(RedisCounters(open_redis(server.url)))
        yield counters
        counters.close()
        return
    url = ""
    if store == "PostgreSQL":
        postgres = new_postgres()
        stack.callback(postgres.close)
        url = postgres.database()
    engine = open_database(url, Path(stack.enter_context(TemporaryDirectory())), Durability.DISK)
    counters = QueuedCounters(SqlCounters(engine))
    yield counters
    counters.close()
    engine.dispose()


def run(options: list[str]) -> None:
    """Measure each store and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks limits")
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args(options).seconds
    stores = ["memory", "SQLite"]
    stores += ["PostgreSQL"] if any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) else []
    stores += ["Redis"] if which("redis-server") else []
    print("| store | callers | exchanges/s | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |")
    for store in stores:
        with ExitStack() as stack, opened(store, stack) as counters:
            for callers in (1, CALLERS):
                rate, spent = asyncio.run(measure(counters, seconds, callers))
                cuts = quantiles(spent, n=100)
                print(f"| {store} | {callers} | {rate:,.0f} | {cuts[49]:.2f} | {cuts[98]:.2f} |")
