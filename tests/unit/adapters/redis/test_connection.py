"""Redis is opened by a URL that is never quoted, and never waited for longer than a few seconds."""

import socket
import time

import pytest

from redoubt.adapters.redis import connection
from redoubt.adapters.redis.connection import answering, open_redis
from redoubt.domain.errors import ConfigError, ServiceError
from tests.servers import Redis, new_redis


@pytest.mark.parametrize(
    "url",
    ["", "http://h", "redis://u:sekret@h:port/0", "redis://h?socket_timeout=sekret", "redis://h?sekret=1"],
)
def test_a_url_that_is_none_is_said_without_quoting_it(url: str) -> None:
    with pytest.raises(ConfigError, match="redis_url") as refused:
        open_redis(url)
    assert "sekret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_password_is_not_shown() -> None:
    assert "sekret" not in repr(open_redis("rediss://user:sekret@h/0"))


def test_it_speaks_to_a_redis(redis_server: Redis) -> None:
    client = open_redis(redis_server.url)
    client.set("connection-test", b"v")
    assert client.get("connection-test") == b"v"


def test_a_redis_that_was_restarted_is_found_again() -> None:
    server = new_redis()
    try:
        client = open_redis(server.url)
        client.ping()
        server.restart()
        assert client.ping()
        server.stop()
        with pytest.raises(ServiceError, match=r"counters.*redis_url"), answering("the counters"):
            client.ping()
    finally:
        server.close()


def test_a_redis_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = open_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", retries=1)
        begun = time.monotonic()
        with pytest.raises(ServiceError), answering("the vault"):
            client.ping()
        assert time.monotonic() - begun < 5
