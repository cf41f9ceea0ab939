import asyncio
import os
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from redoubt.adapters.files.spool import FileSpool, open_spool
from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.domain.settings import Durability
from redoubt.services.audit.ids import Uids
from redoubt.services.audit.interface import Keyed
from redoubt.services.audit.kek import KekRing, LocalKek
from redoubt.services.audit.spooling import SpoolingLog
from redoubt.services.audit.waiting import WaitingLog


def entry(exchange: str, kind: str = "prompt") -> Entry:
    return Entry(
        exchange=exchange,
        kind=kind,
        at=1000.0,
        principal="p",
        app="a",
        tenant="t",
        subject="s",
        decision="allow",
        text="text",
    )


class House:
    """A log whose store can be out, and a spool."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine: Engine = open_database("", folder, Durability.PROCESS)
        self.uids = Uids(os.urandom, lambda: 1000.0)
        self.inner = SqlAuditLog(
            self.engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32
        )

    def out(self) -> None:
        self._run("ALTER TABLE audit_entries RENAME TO away")

    def back(self) -> None:
        self._run("ALTER TABLE away RENAME TO audit_entries")

    def _run(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql(statement)

    def spool(self, limit: int = 1024 * 1024) -> FileSpool:
        return open_spool(self.folder, b"k" * 32, limit, os.urandom)

    async def stored(self) -> list[str]:
        read = [s.entry async for s in self.inner.read(limit=10_000)]
        return [f"{e.exchange} {e.kind}" for e in reversed(read)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def run(house: House, scenario: Coroutine[Any, Any, None]) -> None:
    async def whole() -> None:
        try:
            await scenario
        finally:
            await house.inner.close()
            house.engine.dispose()

    asyncio.run(whole())


async def until(done: Any) -> None:
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0.02)


def test_what_was_spooled_comes_into_the_log_in_order_and_what_follows_behind_it(house: House) -> None:
    async def scenario() -> None:
        spool = house.spool()
        log = SpoolingLog(house.inner, spool, house.uids)
        draining = asyncio.create_task(log.drain())
        stop = False

        async def caller(number: int) -> int:
            turns = 0
            while not stop:
                exchange = f"ex_{number}_{turns}"
                await log.append(entry(exchange))
                await log.append(entry(exchange, "answer"))
                turns += 1
                await asyncio.sleep(0.002)
            return turns

        callers = [asyncio.create_task(caller(number)) for number in range(8)]
        for _ in range(2):
            await asyncio.sleep(0.15)
            house.out()
            before = log.spooled
            await until(lambda before=before: log.spooled > before + 50)
            house.back()
            await until(lambda: log.size() == 0)  # while all callers go on
        stop = True
        turns = await asyncio.gather(*callers)
        draining.cancel()
        await log.close()
        stored = await house.stored()
        for number, count in enumerate(turns):
            mine = [s for s in stored if s.startswith(f"ex_{number}_")]
            assert mine == [
                f"ex_{number}_{turn} {kind}" for turn in range(count) for kind in ("prompt", "answer")
            ]
        assert log.drained == log.spooled > 100
        assert log.behind() == 0

    run(house, scenario())


def test_what_a_dead_process_spooled_comes_into_the_log_once(house: House) -> None:
    async def scenario() -> None:
        spool = house.spool()
        log = SpoolingLog(house.inner, spool, house.uids)
        house.out()
        await asyncio.gather(*(log.append(entry(f"ex_{n}")) for n in range(20)))
        assert log.behind() == 20
        house.back()
        # Half of it came into the store before the process died, which did not live to empty the spool.
        await house.inner.append_all(spool.read(0, 1)[0])
        spool.close()
        again = SpoolingLog(house.inner, house.spool(), house.uids)
        draining = asyncio.create_task(again.drain())
        await again.append(entry("ex_new"))
        await until(lambda: again.size() == 0)
        draining.cancel()
        await again.close()
        stored = await house.stored()
        assert sorted(stored[:20]) == sorted(f"ex_{n} prompt" for n in range(20))
        assert stored[20:] == ["ex_new prompt"]

    run(house, scenario())


def test_a_gateway_brings_home_what_its_dead_neighbour_spooled(house: House) -> None:
    async def scenario() -> None:
        mine, neighbours = house.spool(), house.spool()
        neighbours.append([(house.uids(), entry("ex_left"))])
        neighbours.close()
        log = SpoolingLog(house.inner, mine, house.uids)
        draining = asyncio.create_task(log.drain())
        await until(lambda: log.drained == 1)
        draining.cancel()
        await log.close()
        assert await house.stored() == ["ex_left prompt"]

    run(house, scenario())


class Slow(SqlAuditLog):
    """A store that takes its time for each entry."""

    async def append_all(self, entries: Sequence[Keyed]) -> None:
        await asyncio.sleep(0.02 * len(entries))
        await super().append_all(entries)


def test_a_store_that_is_slow_is_brought_as_much_as_it_takes(house: House) -> None:
    async def scenario() -> None:
        spool = house.spool()
        for n in range(60):
            spool.append([(house.uids(), entry(f"ex_{n:02}"))])
        slow = Slow(house.engine, keks=KekRing(LocalKek("master", b"k" * 32)), subject_key=b"s" * 32)
        log = SpoolingLog(slow, spool, house.uids, patience=0.4)
        draining = asyncio.create_task(log.drain())
        await until(lambda: log.size() == 0)
        draining.cancel()
        await log.close()
        assert await house.stored() == [f"ex_{n:02} prompt" for n in range(60)]

    run(house, scenario())


def test_a_full_spool_refuses_and_what_was_refused_is_nowhere(house: House) -> None:
    acknowledged = []

    async def scenario() -> None:
        log = SpoolingLog(house.inner, house.spool(limit=2000), house.uids)
        house.out()
        with suppress(ServiceError):
            for n in range(1000):
                await log.append(entry(f"ex_{n}"))
                acknowledged.append(f"ex_{n} prompt")
        with pytest.raises(ServiceError, match="spool_bytes"):
            await log.append(entry("ex_more"))
        house.back()
        await log.close()
        with pytest.raises(ServiceError, match="closed"):
            await log.append(entry("ex_late"))
        assert 2 < len(acknowledged) < 20

    run(house, scenario())
    again = House(house.folder)

    async def look() -> None:
        assert await again.stored() == acknowledged

    run(again, look())


def test_who_waits_is_served_when_the_store_is_back_and_refused_when_it_is_not(house: House) -> None:
    async def scenario() -> None:
        log = WaitingLog(house.inner, house.uids, 5.0)
        house.out()
        waiting = [asyncio.create_task(log.append(entry(f"ex_{n}"))) for n in range(5)]
        await until(lambda: log.held == 5)
        house.back()
        await asyncio.gather(*waiting)
        assert (log.held, log.waiting()) == (0, 0)
        house.out()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(ServiceError, match="audit log"):
            await WaitingLog(house.inner, house.uids, 0.6).append(entry("ex_refused"))
        assert 0.5 < loop.time() - begun < 2.0
        house.back()
        assert sorted(await house.stored()) == [f"ex_{n} prompt" for n in range(5)]

    run(house, scenario())


def test_an_heir_whom_the_store_fails_half_way_goes_on_later(house: House) -> None:
    async def scenario() -> None:
        mine, *others = [house.spool() for _ in range(3)]
        for number, other in enumerate(others):
            other.append([(bytes([number]) * 16, entry(f"ex_{number}"))])
            other.close()
        log = SpoolingLog(house.inner, mine, house.uids)
        house.out()
        await log._adopt()
        assert log.drained == 0
        house.back()
        await log._adopt()
        assert await house.stored() == ["ex_0 prompt", "ex_1 prompt"], (
            "both, though the first try stopped at one"
        )
        mine.close()

    run(house, scenario())
