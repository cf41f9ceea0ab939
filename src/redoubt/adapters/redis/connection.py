"""Opens the Redis that the settings name. Every call of it ends within seconds, whatever the network does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from redoubt.domain.errors import ConfigError, ServiceError

TIMEOUT = 2.0
"""Seconds that connecting, and then each reply, may take: a Redis on the same network answers in one thousandth of it."""
CONNECTIONS = 32
"""Of one gateway at most; who finds all of them busy waits for one, `TIMEOUT` seconds at most."""

_T = TypeVar("_T")


def open_redis(url: str, *, retries: int = 0) -> "redis.Redis":
    """Return a client for threads; nothing is connected yet.

    ``url``: ``redis://``, ``rediss://`` (TLS, the certificate is checked) or ``unix://``, options of redis-py in the query.
    ``retries``: how often a command is sent again whose reply was lost; only for commands that may run twice.
    Raises ConfigError where the URL is no good; it may hold a password and is never quoted.
    """
    pool = _pool(url, redis.BlockingConnectionPool.from_url, retry=Retry(NoBackoff(), retries))
    return redis.Redis.from_pool(pool)


def open_async_redis(url: str, *, retries: int = 0) -> "redis.asyncio.Redis":
    """Return a client for one event loop; see `open_redis`. Close it with ``await client.aclose()``."""
    pool = _pool(url, redis.asyncio.BlockingConnectionPool.from_url, retry=AsyncRetry(NoBackoff(), retries))
    return redis.asyncio.Redis.from_pool(pool)


def _pool(url: str, make: Callable[..., _T], **more: Any) -> _T:
    opened = partial(
        make,
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        socket_keepalive=True,
    )
    try:
        pool = opened(**more)
        pool.connection_class(**pool.connection_kwargs)  # type: ignore[attr-defined] # an option that is none is said now
    except (ValueError, TypeError, RedisError):
        raise ConfigError(
            "[store] redis_url: not a URL of a Redis; write redis://host:6379/0, rediss://host:6379/0 (TLS) or unix:///path"
        ) from None
    return pool


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Turn whatever Redis says went wrong into a ServiceError that quotes none of it; ``what`` could not be had."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise ServiceError(
            f"{what} cannot be read or written ({type(error).__name__}); check that Redis runs, its memory, and [store] redis_url"
        ) from error
