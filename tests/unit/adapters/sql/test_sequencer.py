"""Who sequences, who takes over, and how soon. What comes of it all is in the contract of the audit log."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine

from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.measuring import SqlMeasuring
from redoubt.adapters.sql.proving import SqlProver
from redoubt.adapters.sql.tables import LOCK_SPACE, SEQUENCER
from redoubt.domain.evidence import Entry
from redoubt.domain.settings import Durability
from redoubt.services.audit.kek import KekRing, LocalKek
from redoubt.surfaces.gateway.housekeeping import measure
from redoubt.surfaces.gateway.metrics import Metrics
from tests.servers import Postgres


def entry(n: int) -> Entry:
    return Entry(f"ex_{n}", "prompt", 1000.0, "p", "a", "t", "s", "allow", text="text")


class Gateways:
    """Two logs on one database, as two gateways have them."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engines = [open_database(url, folder, Durability.DISK) for _ in range(2)]
        self.logs = [
            SqlAuditLog(engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)
            for engine in self.engines
        ]
        self.watcher: Engine = open_database(url, folder, Durability.DISK)

    def append(self, number: int, count: int = 1) -> None:
        async def all_of_them() -> None:
            await asyncio.gather(*(self.logs[number].append(entry(n)) for n in range(count)))

        asyncio.run(all_of_them())

    def ask(self, statement: str) -> list[tuple[int, ...]]:
        with self.watcher.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def holders(self) -> list[int]:
        where = f"locktype = 'advisory' AND granted AND classid = {LOCK_SPACE} AND objid = {SEQUENCER}"
        found = self.ask(
            f"SELECT pid FROM pg_locks WHERE {where}"  # noqa: S608 - our own numbers
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return [pid for (pid,) in found]

    def pending(self) -> int:
        return self.ask("SELECT count(*) FROM audit_pending")[0][0]

    def close(self) -> None:
        for log in self.logs:
            asyncio.run(log.close())
        for engine in (*self.engines, self.watcher):
            engine.dispose()


@pytest.fixture
def two(postgres: Postgres, tmp_path: Path) -> Iterator[Gateways]:
    made = Gateways(postgres.database(), tmp_path)
    yield made
    made.close()


def until(done: Callable[[], bool], within: float = 10.0) -> float:
    begun = monotonic()
    while not done():
        assert monotonic() < begun + within
        sleep(0.01)
    return monotonic() - begun


def test_one_is_elected_and_moves_what_either_brings(two: Gateways) -> None:
    two.append(0)
    two.append(1)
    until(lambda: len(two.holders()) == 1)
    until(lambda: two.pending() == 0)
    two.append(1, 3000)
    assert until(lambda: two.pending() == 0) < 5
    assert two.ask("SELECT size FROM audit_tree") == [(3002,)]
    assert len(two.holders()) == 1


def test_another_takes_over_when_the_holder_is_gone(two: Gateways) -> None:
    two.append(0)
    two.append(1)
    until(lambda: len(two.holders()) == 1 and two.pending() == 0)
    seen: set[int] = set()
    for _ in range(2):
        seen.update(two.holders())
        two.ask(f"SELECT pg_terminate_backend({max(two.holders())})")
        two.append(0)
        two.append(1)
        until(lambda: two.pending() == 0)
        until(lambda: bool(two.holders()) and seen.isdisjoint(two.holders()))
    assert two.ask("SELECT size FROM audit_tree") == [(6,)]


def test_what_is_pending_at_the_end_gets_its_place(two: Gateways) -> None:
    with two.engines[1].connect() as other:
        # Somebody else is elected, and does nothing.
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_SPACE}, {SEQUENCER})")
        two.append(0, 5)
        sleep(0.2)
        assert two.pending() == 5
        asyncio.run(two.logs[0].close())
        assert two.pending() == 0


def test_what_is_signed_includes_what_is_pending(two: Gateways) -> None:
    with two.engines[1].connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_SPACE}, {SEQUENCER})")
        two.append(0, 3)
        prover = SqlProver(two.engines[0], two.logs[0].head)
        assert asyncio.run(prover.head()).size == 3


def test_a_move_that_fails_leaves_everything_where_it_was(two: Gateways) -> None:
    with two.engines[1].connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_SPACE}, {SEQUENCER})")
        two.append(0, 5)
        other.exec_driver_sql("ALTER TABLE audit_search RENAME TO away")
        other.commit()
        with pytest.raises(Exception, match="audit log"):
            asyncio.run(two.logs[0].head())
        assert (two.pending(), two.ask("SELECT size FROM audit_tree")) == (5, [(0,)])
        other.exec_driver_sql("ALTER TABLE away RENAME TO audit_search")
        other.commit()
    assert asyncio.run(two.logs[0].head()).size == 5


def test_a_reader_moves_what_was_there_when_it_asked_and_no_more(two: Gateways) -> None:
    with two.engines[1].connect() as other, ThreadPoolExecutor(1) as pool:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_SPACE}, {SEQUENCER})")
        two.append(0, 3)
        other.exec_driver_sql("SELECT size FROM audit_tree FOR UPDATE")  # somebody else moves just now
        reader = pool.submit(lambda: asyncio.run(two.logs[0].head()))
        until(
            lambda: two.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == [(1,)]
        )
        two.append(0, 2)
        other.rollback()
        assert reader.result(10).size == 3
        assert two.pending() == 2


def test_what_has_no_place_yet_is_measured(two: Gateways) -> None:
    async def said() -> list[str]:
        metrics = Metrics()
        task = asyncio.create_task(measure(SqlMeasuring(two.watcher), metrics, lambda: 1012.5, every=60))
        async with asyncio.timeout(10):
            while b"redoubt_audit_checkpoint_entries 0.0" not in metrics.render():
                await asyncio.sleep(0.01)
        task.cancel()
        return metrics.render().decode().splitlines()

    with two.engines[1].connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_SPACE}, {SEQUENCER})")
        two.append(0, 5)
        found = asyncio.run(said())
    assert "redoubt_audit_entries 0.0" in found
    assert "redoubt_audit_unsequenced_entries 5.0" in found
    assert "redoubt_audit_sequencing_lag_seconds 12.5" in found
    assert asyncio.run(two.logs[0].head()).size == 5
    found = asyncio.run(said())
    assert "redoubt_audit_entries 5.0" in found
    assert "redoubt_audit_unsequenced_entries 0.0" in found
    assert "redoubt_audit_sequencing_lag_seconds 0.0" in found
