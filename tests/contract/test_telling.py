"""The log as those follow it who tell others: the same on SQLite and PostgreSQL, and over the death of gateways."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.measuring import SqlMeasuring
from redoubt.adapters.sql.telling import SqlTail
from redoubt.domain.evidence import Entry
from redoubt.domain.settings import Durability
from redoubt.domain.telling import SinkKind, SinkSettings, Start
from redoubt.services.audit.canonical import canonical
from redoubt.services.audit.kek import MASTER, KekRing, LocalKek
from redoubt.services.audit.lengths import Lengths
from redoubt.services.audit.tree import leaf_hash
from redoubt.services.telling import teller as telling
from redoubt.services.telling.interface import Told, UndeliveredError
from redoubt.services.telling.teller import LEASE, Teller, portions
from tests.servers import Postgres
from tests.told import entry, told


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = ""
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    engine = open_database(url, tmp_path, Durability.PROCESS)
    yield engine
    engine.dispose()


@asynccontextmanager
async def log(engine: Engine) -> AsyncIterator[SqlAuditLog]:
    opened = SqlAuditLog(engine, keks=KekRing(LocalKek(MASTER, b"k" * 32)), subject_key=b"s" * 32)
    yield opened
    await opened.close()


async def write(engine: Engine, count: int, **changes: object) -> None:
    async with log(engine) as opened:
        for number in range(count):
            await opened.append(entry(exchange=f"ex_{number}", text="the canary sings", **changes))


@dataclass
class Keeper:
    """A sink that keeps what it is told, and takes nothing while it is out."""

    out: int = 0
    """So many deliveries fail."""
    batches: list[list[Told]] = field(default_factory=list)
    closed: bool = False

    async def deliver(self, batch: Sequence[Told]) -> None:
        if self.out:
            self.out -= 1
            raise UndeliveredError("HTTP 503")
        self.batches.append(list(batch))

    async def aclose(self) -> None:
        self.closed = True

    @property
    def indices(self) -> list[int]:
        return [each.index for batch in self.batches for each in batch]


@dataclass
class Seer:
    """Sees how a sink is told."""

    lag: list[tuple[int, float]] = field(default_factory=list)
    failures: int = 0
    told: int = 0

    def behind(self, sink: str, entries: int, seconds: float) -> None:
        self.lag.append((entries, seconds))

    def sent(self, sink: str, entries: int) -> None:
        self.told += entries

    def failed(self, sink: str, error: Exception, pause: float) -> None:
        self.failures += 1


def teller(
    sink: Keeper, tail: SqlTail, seer: Seer | None = None, start: Start = Start.BEGINNING, **more: object
) -> Teller:
    settings = SinkSettings("siem", SinkKind.JSONL, "-", start=start, **more)  # type: ignore[arg-type]
    return Teller(settings, sink, tail, seer or Seer(), lambda: 1_764_100_010.25, lambda: -2.0, every=0.01)


async def until(task_of: Teller, done: object) -> None:
    """Run until ``done`` says so."""
    running = asyncio.create_task(task_of.run())
    async with asyncio.timeout(20):
        while not done():  # type: ignore[operator]
            await asyncio.sleep(0.01)
            if running.done():
                await running
    running.cancel()
    await asyncio.wait((running,))


def test_the_log_is_read_in_order_and_without_text(engine: Engine) -> None:
    async def scenario() -> None:
        tail = SqlTail(engine, "one")
        assert await tail.size() == 0
        await write(engine, 5)
        assert await tail.size() == 5
        read = await tail.read(2, 2)
        assert [each.index for each in read] == [2, 3]
        assert [each.entry.exchange for each in read] == ["ex_2", "ex_3"]
        assert all(leaf_hash(each.body) == each.leaf for each in read)
        assert not any(each.entry.text or b"canary" in each.body for each in read)
        assert await tail.read(5, 10) == ()

    asyncio.run(scenario())


def test_what_is_not_there_yet_is_waited_for(engine: Engine) -> None:
    async def scenario() -> None:
        await write(engine, 4)
        with engine.begin() as connection:
            connection.execute(delete(schema.entries).where(schema.entries.c["index"] == 2))
        tail = SqlTail(engine, "one")
        assert [each.index for each in await tail.read(0, 10)] == [0, 1]
        assert await tail.read(2, 10) == ()

    asyncio.run(scenario())


def test_one_gateway_at_a_time_tells_a_sink(engine: Engine) -> None:
    async def scenario() -> None:
        now = [1000.0]
        one, two = (SqlTail(engine, name, lambda: now[0]) for name in ("one", "two"))
        assert await one.next("siem") is None
        assert await one.hold("siem", 3, 30)
        assert not await two.hold("siem", 9, 30)
        assert await two.next("siem") == 3
        assert await one.advance("siem", 4)
        assert not await two.advance("siem", 9)
        now[0] += 20
        assert await one.hold("siem", 4, 30)  # says so anew
        now[0] += 20
        assert not await two.hold("siem", 4, 30)
        now[0] += 20
        assert await two.hold("siem", 4, 30)  # the first one died
        assert not await one.hold("siem", 4, 30)
        assert not await one.advance("siem", 5)
        await one.release("siem")
        assert not await one.hold("siem", 4, 30)
        await two.release("siem")
        assert await one.hold("siem", 4, 30)
        assert await one.next("siem") == 4

    asyncio.run(scenario())


def test_many_that_begin_at_once_elect_one(engine: Engine) -> None:
    async def scenario() -> None:
        tails = [SqlTail(engine, str(n)) for n in range(8)]
        held = await asyncio.gather(*(tail.hold("siem", 0, LEASE) for tail in tails))
        assert sum(held) == 1

    asyncio.run(scenario())


def test_a_restart_goes_on_where_it_was(engine: Engine) -> None:
    async def scenario() -> None:
        await write(engine, 3)
        first, second, seer = Keeper(), Keeper(), Seer()
        await until(teller(first, SqlTail(engine, "one"), seer), lambda: seer.lag[-1:] == [(0, 0.0)])
        gone = teller(first, SqlTail(engine, "one"))
        await gone.finish()
        assert first.closed
        await write(engine, 2)
        await until(teller(second, SqlTail(engine, "two")), lambda: len(second.indices) == 2)
        assert first.indices == [0, 1, 2]
        assert second.indices == [3, 4]

    asyncio.run(scenario())


def test_what_came_last_is_told_at_the_end(engine: Engine) -> None:
    async def scenario() -> None:
        sink = Keeper()
        await write(engine, 2)
        await teller(sink, SqlTail(engine, "one")).finish()
        assert sink.indices == [0, 1]

    asyncio.run(scenario())


def test_a_sink_that_is_out_is_offered_the_same_again_and_seen_to_lag(engine: Engine) -> None:
    async def scenario() -> None:
        sink, seer = Keeper(out=3), Seer()
        await write(engine, 4)
        # chance -2 makes each pause nothing
        await until(teller(sink, SqlTail(engine, "one"), seer), lambda: seer.lag[-1:] == [(0, 0.0)])
        assert sink.indices == [0, 1, 2, 3]
        assert seer.failures == 3
        assert seer.told == 4
        assert (4, 10.0) in seer.lag

    asyncio.run(scenario())


def test_a_sink_that_is_out_at_the_end_holds_nobody_up(engine: Engine) -> None:
    async def scenario() -> None:
        sink = Keeper(out=1000)
        await write(engine, 1)
        await asyncio.wait_for(teller(sink, SqlTail(engine, "one")).finish(), 5)
        assert sink.out == 999
        again = Keeper()
        await teller(again, SqlTail(engine, "two")).finish()
        assert again.indices == [0]

    asyncio.run(scenario())


def test_a_sink_that_hangs_at_the_end_holds_nobody_up(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(Keeper):
        async def deliver(self, batch: Sequence[Told]) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(telling, "LAST_SECONDS", 0.05)

    async def scenario() -> None:
        sink, tail = Hanging(), SqlTail(engine, "one")
        await write(engine, 1)
        assert await tail.hold("siem", 0, LEASE)  # else a busy machine may write it after the release
        await asyncio.wait_for(teller(sink, tail).finish(), 5)
        assert sink.closed
        assert await SqlTail(engine, "two").hold("siem", 0, LEASE)

    asyncio.run(scenario())


def test_a_new_sink_begins_at_the_end_where_it_is_not_told_otherwise(engine: Engine) -> None:
    async def scenario() -> None:
        await write(engine, 3)
        sink = Keeper()
        tail = SqlTail(engine, "one")
        late = teller(sink, tail, start=Start.END)
        await until(late, lambda: True)
        await asyncio.sleep(0.05)
        await late.finish()
        await write(engine, 1)
        await teller(sink, tail, start=Start.END).finish()
        assert sink.indices == [3]

    asyncio.run(scenario())


def test_what_a_sink_does_not_want_is_passed_over_for_good(engine: Engine) -> None:
    async def scenario() -> None:
        await write(engine, 2)
        await write(engine, 1, decision="deny")
        await write(engine, 1)
        sink, tail = Keeper(), SqlTail(engine, "one")
        await teller(sink, tail, decisions=("deny",)).finish()
        assert sink.indices == [2]
        assert await tail.next("siem") == 4

    asyncio.run(scenario())


def test_a_log_that_cannot_be_read_is_an_error_and_not_a_silence(engine: Engine) -> None:
    async def scenario() -> None:
        await write(engine, 1)
        schema.cursors.drop(engine)
        with pytest.raises(Exception, match="cannot be read"):
            await teller(Keeper(), SqlTail(engine, "one")).run()

    asyncio.run(scenario())


def test_portions_are_bounded_in_bytes() -> None:
    batch = [told(entry(note="n" * 80_000), n) for n in range(8)]
    cut = list(portions(batch))
    assert [len(part) for part in cut] == [3, 3, 2]
    assert [each for part in cut for each in part] == batch
    huge: list[Entry] = [entry(note="n" * 3_000_000)]
    assert [len(part) for part in portions([told(each) for each in huge])] == [1]


def test_the_log_is_measured(engine: Engine) -> None:
    async def scenario() -> None:
        measuring = SqlMeasuring(engine)
        assert await measuring.lengths() == Lengths(0, 0, 0.0, 0, 0, 0.0)
        await write(engine, 3)
        with engine.begin() as connection:
            row = {"root": b"r" * 32, "signed": b"s"}
            for size, at in ((1, 50.5), (2, 60.5)):
                connection.execute(insert(schema.checkpoints).values(size=size, at=at, **row))
        assert await measuring.lengths() == Lengths(3, 0, 0.0, 1, 2, 60.5)
        with engine.begin() as connection:
            waiting = {
                "exchange": "ex",
                "subject": b"s" * 32,
                "leaf": b"l" * 32,
                "sealed": b"",
                "found_by": b"",
            }
            for at in (70.25, 60.0):
                connection.execute(
                    insert(schema.pending).values(body=canonical(entry(at=at), b""), **waiting)
                )
        assert await measuring.lengths() == Lengths(3, 2, 70.25, 1, 2, 60.5)

    asyncio.run(scenario())
