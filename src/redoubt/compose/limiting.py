"""Where limits are counted, and what models cost."""

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from redoubt.compose.extras import needing
from redoubt.domain.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from redoubt.services.limits.counters import Counters
    from redoubt.services.limits.interface import Limits
    from redoubt.services.limits.prices import Prices


def limits(of: Settings, database: "Engine", clock: Callable[[], float] = time.time) -> "Limits":
    """Return the limits, each counted where it holds for everybody who shares it.

    With Redis: there, but for days and months, which must not be forgotten. Without: in the database. What nobody set is each process's
    protection against floods and is counted in its memory; so are the limits that keys bring where one process serves on SQLite.
    """
    from redoubt.adapters.sql.counters import SqlCounters
    from redoubt.services.limits import split
    from redoubt.services.limits.book import LimitBook, server_limits
    from redoubt.services.limits.counters import Tier
    from redoubt.services.limits.memory import MemoryCounters
    from redoubt.services.limits.queued import QueuedCounters

    counters: Counters = QueuedCounters(SqlCounters(database))
    tier = split.shared
    if of.store.redis_url:
        from redoubt.adapters.redis.connection import open_redis
        from redoubt.adapters.redis.counters import RedisCounters

        redis = QueuedCounters(RedisCounters(open_redis(of.store.redis_url)))
        counters, tier = split.SplitCounters(Tier.QUICK, redis, counters), split.with_redis
    elif database.dialect.name == "sqlite" and of.server.workers == 1:
        tier = split.alone
    return LimitBook(
        of.limits,
        split.SplitCounters(Tier.LOCAL, MemoryCounters(clock), counters),
        default=server_limits(of.server.per_second, of.server.per_minute),
        unpriced=of.prices.unpriced,
        tier=tier,
        random=secrets.token_bytes,
    )


def redis_keeps(of: Settings) -> bool:
    """Tell whether the Redis of the settings keeps its counters over a restart.

    Raises ServiceError where it does not answer, ConfigError where the extra ``redis`` is not installed.
    """
    with needing("redis", "redis", what="[store] redis_url"):
        from redoubt.adapters.redis.connection import open_redis
        from redoubt.adapters.redis.counters import keeps_on_disk

    return keeps_on_disk(open_redis(of.store.redis_url))


def prices(of: Settings) -> "Prices":
    """Return what models cost."""
    from redoubt.services.limits.prices import Prices

    return Prices(of.price_list)
