"""What `[audit] when_unavailable` promises holds with nothing else configured: the store is gone for five seconds, under load."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.e2e.load import Load, check
from tests.e2e.process import Process, install
from tests.servers import Postgres, new_postgres

CONFIG = """
[server]
port = 0
[store]
data_dir = "DATA"
url = "{url}"
[audit]
when_unavailable = "{policy}"
wait_seconds = 20
"""
OUT_SECONDS = 5.0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL that these tests may stop."""
    made = new_postgres()
    yield made
    made.close()


@pytest.mark.parametrize("policy", ["wait", "spool"])
def test_everybody_is_answered_while_the_store_is_gone(server: Postgres, tmp_path: Path, policy: str) -> None:
    url = server.database().replace("+psycopg", "")
    where = install(tmp_path, CONFIG.format(url=url, policy=policy))
    key = where.new_key()
    gateway = Process(where)
    try:
        with Load(key, [gateway], callers=4, pause=0.2) as load:
            load.more(8)
            server.stop()
            before = len(load.answered)
            sleep(OUT_SECONDS)
            meanwhile = len(load.answered) - before
            server.start()
            load.more(16)
        if policy == "spool":
            end = monotonic() + 30
            while any(path.stat().st_size for path in (tmp_path / "data" / "spool").glob("*.spool")):
                assert monotonic() < end, "what was spooled is in the log soon"
                sleep(0.05)
    finally:
        gateway.stop()
    assert (load.refused, load.failed) == ([], 0)
    if policy == "wait":
        assert load.longest > OUT_SECONDS / 2, "they waited"
    else:
        assert meanwhile > 8
        assert load.longest < OUT_SECONDS - 1, "nobody waited for the store"
    assert any(f"exchanges {policy if policy == 'wait' else 'go on'}" in line for line in gateway.said)
    check(load, where)
