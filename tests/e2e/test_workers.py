"""Several workers behind one address: one log, one set of numbers, and no request lost when one of them dies."""

import asyncio
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM

import httpx2
import pytest

from redoubt.services.audit.tree import Frontier
from tests.e2e.process import Installation, Process, install
from tests.e2e.test_kill import log_of
from tests.servers import Postgres

CONFIG = """
[server]
port = 0
per_second = 0
per_minute = 0
workers = 2
[store]
data_dir = "DATA"
url = "{url}"
"""
ASKED = {"model": "practice-1", "messages": [{"role": "user", "content": "hello"}]}
COUNTED = re.compile(r'^redoubt_requests_total\{api="openai.chat",.*worker="(\d)"\} (\d+)\.0$', re.MULTILINE)


@contextmanager
def running(where: Installation) -> Iterator[Process]:
    process = Process(where)
    try:
        yield process
    finally:
        if process.running:
            process.stop()


def children(pid: int) -> list[int]:
    """The workers of a process, by their pids."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(parts[1]) == pid and parts[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


async def load(url: str, key: str, count: int, callers: int = 16) -> Counter[int]:
    """Ask so often, each time on a connection of its own; return the statuses. One that was cut off counts as 0."""
    statuses: Counter[int] = Counter()
    left = iter(range(count))

    async def caller() -> None:
        for _ in left:
            try:
                async with httpx2.AsyncClient(timeout=30) as client:
                    answer = await client.post(
                        f"{url}/v1/chat/completions", json=ASKED, headers={"authorization": f"Bearer {key}"}
                    )
                statuses[answer.status_code] += 1
            except httpx2.TransportError:
                statuses[0] += 1

    await asyncio.gather(*(caller() for _ in range(callers)))
    return statuses


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_two_workers_keep_one_log_and_one_set_of_numbers(
    tmp_path: Path, store: str, request: pytest.FixtureRequest
) -> None:
    url = ""
    if store == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    where = install(tmp_path, CONFIG.format(url=url))
    key = where.new_key()
    with running(where) as process:
        assert len(children(process.pid)) == 2
        assert asyncio.run(load(process.url, key, 200)) == {200: 200}
        text = httpx2.get(f"{process.url}/metrics").text
        counted = {int(worker): int(count) for worker, count in COUNTED.findall(text)}
        assert process.stop() == 0
        assert sum("listening on" in line for line in process.said) == 1
    assert sum(counted.values()) == 200
    assert set(counted) == {0, 1}, "both took their share"
    assert text.count("# TYPE redoubt_requests_total counter") == 1
    assert 'redoubt_worker_up{worker="0"} 1.0' in text
    entries, head = log_of(where)
    assert Counter(s.entry.kind for s in entries if s.entry.kind != "admin") == {"prompt": 200, "answer": 200}
    frontier = Frontier()
    for stored in entries:
        frontier = frontier.append(stored.receipt.leaf)
    assert (frontier.size, frontier.root()) == (head.size, head.root)


def test_two_workers_count_a_keys_requests_together(tmp_path: Path) -> None:
    where = install(tmp_path, CONFIG.format(url="").replace("per_minute = 0", "per_minute = 25"))
    key = where.new_key()
    with running(where) as process:
        begun = time.monotonic()
        statuses = asyncio.run(load(process.url, key, 60))
        given_back = 25 / 60 * (time.monotonic() - begun)
        assert process.stop() == 0
    assert 25 <= statuses[200] <= 26 + given_back
    assert statuses[200] + statuses[429] == 60


def test_a_worker_that_dies_is_started_again_and_the_other_goes_on(tmp_path: Path) -> None:
    where = install(tmp_path, CONFIG.format(url=""))
    key = where.new_key()
    with running(where) as process:
        victim, other = children(process.pid)
        os.kill(victim, SIGKILL)
        assert asyncio.run(load(process.url, key, 50)) == {200: 50}, "the other takes what comes"
        until = time.monotonic() + 30
        while True:
            now = children(process.pid)
            lines = httpx2.get(f"{process.url}/metrics").text.splitlines()
            if (
                len(now) == 2
                and sum(li.startswith("redoubt_worker_up") and li.endswith(" 1.0") for li in lines) == 2
            ):
                break
            assert time.monotonic() < until, now
            time.sleep(0.2)
        assert other in now
        assert victim not in now
        assert process.stop() == 0
    assert any("started again" in line for line in process.said)


def test_workers_do_not_outlive_their_parent(tmp_path: Path) -> None:
    where = install(tmp_path, CONFIG.format(url=""))
    with running(where) as process:
        workers = children(process.pid)
        process.kill()
        until = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in workers):
            assert time.monotonic() < until, "a worker is still there"
            time.sleep(0.1)


def test_a_configuration_that_is_no_good_ends_the_parent(tmp_path: Path) -> None:
    where = install(tmp_path, CONFIG.format(url=""))
    (tmp_path / "policy.toml").write_text("nonsense = [")
    where.config.write_text(where.config.read_text() + '[policy]\nfile = "policy.toml"\n')
    with pytest.raises(RuntimeError, match=r"(?s)did not start.*policy\.toml"):
        Process(where)


def test_a_parent_that_is_told_to_stop_while_a_worker_starts_ends(tmp_path: Path) -> None:
    where = install(tmp_path, CONFIG.format(url=""))
    with running(where) as process:
        os.kill(children(process.pid)[0], SIGKILL)
        time.sleep(1.2)  # the next one is on its way
        process.tell(SIGTERM)
        assert process.wait() == 0
