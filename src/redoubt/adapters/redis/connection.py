"""Opens the Redis that the settings name. Every call of it ends within seconds, whatever the network does."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from redoubt.domain.errors import ConfigError, ServiceError

TIMEOUT = 2.0
"""Seconds that connecting, and then each reply, may take: a Redis on the same network answers in one thousandth of it."""
CONNECTIONS = 32
"""Of one gateway at most; who finds all of them busy waits for one, `TIMEOUT` seconds at most."""


def open_redis(url: str, *, retries: int = 0) -> "redis.Redis":
    """Return a client for threads; nothing is connected yet.

    ``url``: ``redis://``, ``rediss://`` (TLS, the certificate is checked) or ``unix://``, options of redis-py in the query.
    ``retries``: how often a command is sent again whose reply was lost; only for commands that may run twice.
    Raises ConfigError where the URL is no good; it may hold a password and is never quoted.
    """
    return redis.Redis.from_pool(_pool(url, retries))


def _pool(url: str, retries: int) -> redis.BlockingConnectionPool:
    try:
        pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=TIMEOUT,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), retries),
        )
        pool.connection_class(**pool.connection_kwargs)  # an option that is none is said now
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
