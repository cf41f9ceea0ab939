"""What becomes of exchanges and of their record while the store breaks and comes back, and while gateways die.

For each: nothing acknowledged is lost, nothing unrecorded is released, each exchange has one prompt and at most one answer in the log, in
that order, and the tree recomputes to its root.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from time import monotonic, sleep

import pytest

from tests.e2e.load import Load, check, log_of
from tests.e2e.process import Installation, Process, install
from tests.e2e.relay import Relay
from tests.servers import Postgres, new_postgres

CONFIG = """
[server]
port = 0
per_second = 0
per_minute = 0
[store]
data_dir = "DATA"
url = "{url}"
connect_timeout = 1
statement_timeout = 1
identity_grace_seconds = {grace}
[audit]
when_unavailable = "{policy}"
wait_seconds = 15
"""
THINKING = 0.02
"""Seconds between two requests of a caller where a process starts meanwhile, which wants for the machine too."""
POLICIES = ("refuse", "wait", "spool")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL that these tests may break."""
    made = new_postgres()
    yield made
    made.close()


def installed(folder: Path, url: str, policy: str) -> Installation:
    grace = 0 if policy == "refuse" else 60
    return install(folder, CONFIG.format(url=url.replace("+psycopg", ""), policy=policy, grace=grace))


@contextmanager
def gateways(where: Installation, count: int = 2) -> Iterator[list[Process]]:
    running: list[Process] = []
    try:
        with ThreadPoolExecutor(count) as pool:  # most of these tests' time is that of starting processes
            running.extend(pool.map(Process, [where] * count))
        yield running
    finally:
        for process in running:
            if process.running:
                process.stop()


def spools(where: Installation) -> list[Path]:
    return [path for path in (where.folder / "data" / "spool").glob("*.spool") if path.stat().st_size]


@pytest.mark.parametrize("policy", POLICIES)
def test_postgresql_is_restarted_and_killed_under_load(server: Postgres, tmp_path: Path, policy: str) -> None:
    where = installed(tmp_path, server.database(), policy)
    key = where.new_key()
    with gateways(where) as running:
        with Load(key, running) as load:
            load.more()
            for fault in (server.stop, server.kill):
                fault()
                if policy == "refuse":
                    load.more_refused(20)
                elif policy == "spool":
                    load.more(100)  # with no store at all
                    assert spools(where)
                else:
                    sleep(1.0)
                server.start()
                load.more()
        if policy == "refuse":
            assert max(load.refused) < 5.0
        else:
            assert not load.refused, "nobody was refused"
        if policy == "wait":
            assert load.longest > 1.0
        if policy == "spool":
            end = monotonic() + 30
            while spools(where):
                assert monotonic() < end, "what was spooled is in the log soon"
                sleep(0.05)
    check(load, where)
    assert spools(where) == []


def test_gateways_are_killed_in_turn_under_load(server: Postgres, tmp_path: Path) -> None:
    """The first is the one that was elected to sequence; who is left must take over."""
    where = installed(tmp_path, server.database(), "refuse")
    key = where.new_key()
    with gateways(where) as running:
        with Load(key, running, pause=THINKING) as load:
            load.more()
            for number in (0, 1):
                running[number].kill()
                load.more(40)
                running[number] = Process(where)
                load.more(40)
        assert load.failed > 0
        assert load.refused == []
        begun = monotonic()
        size = log_of(where)[1].size
        assert monotonic() - begun < 5
        assert size >= 2 * len(load.answered)
    check(load, where)


def test_what_a_killed_gateway_had_spooled_is_brought_home(server: Postgres, tmp_path: Path) -> None:
    where = installed(tmp_path, server.database(), "spool")
    key = where.new_key()
    with gateways(where) as running:
        with Load(key, running) as load:
            load.more()
            server.stop()
            load.more(60)
            for process in running:
                process.kill()
        assert spools(where)
        server.start()
        running[:] = [Process(where)]
        end = monotonic() + 40
        while spools(where):
            assert monotonic() < end
            sleep(0.05)
    check(load, where)


@pytest.mark.parametrize("policy", ["refuse", "spool"])
def test_the_network_is_cut_and_falls_silent(server: Postgres, tmp_path: Path, policy: str) -> None:
    url = server.database()
    wire = Relay(server.port)
    where = installed(tmp_path, url.replace(f":{server.port}/", f":{wire.port}/"), policy)
    key = where.new_key()
    try:
        with gateways(where, 1) as running:
            with Load(key, running) as load:
                load.more()
                for fault in (wire.cut, wire.fall_silent):
                    fault()
                    if policy == "spool":
                        load.more(60)
                    else:
                        load.more_refused(10)
                    wire.mend()
                    load.more()
            if policy == "spool":
                assert load.refused == []
                assert load.longest < 6.0
            else:
                assert max(load.refused) < 6.0, "nobody waits without an end for a store that is silent"
        check(load, where)
    finally:
        wire.close()


@pytest.mark.parametrize("policy", ["refuse", "spool"])
def test_the_disk_is_full_and_has_room_again(tmp_path: Path, policy: str) -> None:
    """SQLite's file may not grow any more: the kernel says so in the middle of a write, as it does where the disk is full."""
    where = installed(tmp_path, "", policy)
    key = where.new_key()
    with gateways(where, 1) as [gateway]:
        with Load(key, [gateway], callers=4) as load:
            load.more()
            wal = tmp_path / "data" / "redoubt.db-wal"
            prlimit(gateway.pid, RLIMIT_FSIZE, (wal.stat().st_size + 40_000, RLIM_INFINITY))
            if policy == "spool":
                load.until(lambda: bool(spools(where)))
                load.more()
            else:
                load.more_refused(20)
            prlimit(gateway.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
            load.more()
        assert bool(load.refused) == (policy == "refuse")
    check(load, where)
    assert spools(where) == []
