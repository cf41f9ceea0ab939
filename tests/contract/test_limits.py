"""Where each limit is counted, as `compose` builds it from the settings."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as Client
from sqlalchemy import create_engine, func, select

from redoubt import compose
from redoubt.adapters.sql import schema
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.domain.principal import Principal
from redoubt.domain.settings import ServerSettings, Settings, StoreSettings
from redoubt.services.limits.interface import Ask, Limits, RefusedError
from tests.servers import Postgres, Redis

WHO = Principal("key_a", "a")
LIMITS = (
    Limit("hour", LimitScope.ALL, LimitUnit.TOKENS, 120, Period.HOUR),
    Limit("day", LimitScope.ALL, LimitUnit.TOKENS, 200, Period.DAY),
    Limit("seats", LimitScope.ALL, LimitUnit.CONCURRENT, 5),
)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


async def one_exchange(limits: Limits) -> None:
    await limits.reserve(WHO, None, Ask())
    reservation = await limits.reserve(WHO, "m", Ask(1, 60))
    await limits.settle(reservation, Ask(1, 50))


def use(settings: Settings) -> None:
    """Two exchanges through two openings of the same stores: what the second may take shows what the first took."""
    for _ in range(2):
        stores = compose.stores(settings, compose.keyring(settings, {}))
        try:
            run(one_exchange(stores.limits))
            left = {u.limit.id: u.standing.left for u in run(stores.limits.uses(WHO, "m"))}
        finally:
            run(stores.audit.close())
            stores.dispose()
    assert (left["hour"], left["day"], left["seats"]) == (20, 100, 5)


@pytest.mark.parametrize("kind", ["sqlite", "postgres", "sqlite+redis", "postgres+redis"])
def test_each_limit_is_counted_where_it_belongs(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'r.db'}"
    if kind.startswith("postgres"):
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    store = StoreSettings(url=url, data_dir=str(tmp_path))
    in_redis = 0
    if kind.endswith("+redis"):
        redis: Redis = request.getfixturevalue("redis_server")
        with Client(port=redis.port) as client:
            client.flushall()
        store = replace(store, redis_url=redis.url)
    use(Settings(ServerSettings(per_second=50, per_minute=1500), store, limits=LIMITS))
    if kind.endswith("+redis"):
        with Client(port=redis.port) as client:
            in_redis = len(client.keys("redoubt:{limits}:*"))
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(select(func.count()).select_from(schema.counters)).scalar_one()
    engine.dispose()
    # The epoch, the two that the server's settings name for each key, and the hour; the place was given back and its hash is gone.
    assert (rows, in_redis) == {
        "sqlite": (3, 0),
        "postgres": (5, 0),
        "sqlite+redis": (1, 4),
        "postgres+redis": (1, 4),
    }[kind]


def test_the_whole_budget_and_not_one_token_more_over_both_stores(
    tmp_path: Path, redis_server: Redis
) -> None:
    store = StoreSettings(data_dir=str(tmp_path), redis_url=redis_server.url)
    limits = (replace(LIMITS[0], id="an-hour", amount=1000), replace(LIMITS[1], amount=100))
    settings = Settings(store=store, limits=limits)
    stores = compose.stores(settings, compose.keyring(settings, {}))
    run(stores.limits.reserve(WHO, "m", Ask(1, 100)))
    with pytest.raises(RefusedError, match="limit 'day'"):
        run(stores.limits.reserve(WHO, "m", Ask(1, 1)))
    left = {u.limit.id: u.standing.left for u in run(stores.limits.uses(WHO, "m"))}
    assert left["an-hour"] == 900, "what the day refused, the hour does not count"
    run(stores.audit.close())
    stores.dispose()
