"""The KEK is changed, no entry moves, and who has the old one opens nothing that was written since."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.audit import SqlAuditLog
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.rewrapping import SqlRewrapping
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.domain.settings import Durability
from redoubt.services.audit.kek import Kek, KekRing, LocalKek

OLD, NEW = LocalKek("old", b"o" * 32), LocalKek("new", b"n" * 32)


class Failing:
    """A KEK that wraps some keys and then no more."""

    id = NEW.id

    def __init__(self, wraps: int) -> None:
        self.wraps = wraps

    def wrap(self, key: bytes) -> bytes:
        self.wraps -= 1
        if self.wraps < 0:
            raise ServiceError("the key service does not answer")
        return NEW.wrap(key)

    def unwrap(self, wrapped: bytes) -> bytes:
        return NEW.unwrap(wrapped)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    engine = open_database(url, tmp_path, Durability.PROCESS)
    yield engine
    engine.dispose()


def audit_log(engine: Engine, current: Kek, *older: Kek) -> SqlAuditLog:
    return SqlAuditLog(engine, keks=KekRing(current, older), subject_key=b"s" * 32)


async def write(log: SqlAuditLog, *subjects: str) -> None:
    for n, subject in enumerate(subjects):
        await log.append(
            Entry(f"ex_{n}", "prompt", 1.0, "k", "a", "t", subject, "allow", text=f"of {subject}")
        )


async def texts(log: SqlAuditLog) -> list[str]:
    return [s.entry.text async for s in log.read(reveal=True)][::-1]


def raw(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(select(schema.entries).order_by(schema.entries.c["index"]))
        ]


def test_all_data_keys_are_wrapped_anew_and_no_entry_is_touched(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redoubt.adapters.sql.rewrapping.BATCH", 2)

    async def scenario() -> None:
        before = audit_log(engine, OLD)
        await write(before, "a", "b", "c", "d", "e")
        assert (await before.head()).size == 5, "all have their places"
        entries = raw(engine)
        during = audit_log(engine, NEW, OLD)
        await write(during, "a", "f")
        assert await texts(during) == ["of a", "of b", "of c", "of d", "of e", "of a", "of f"]
        result = await SqlRewrapping(engine, KekRing(NEW, (OLD,))).rewrap()
        assert (result.kek, result.done, result.left) == ("new", 5, 0)
        assert (await SqlRewrapping(engine, KekRing(NEW)).rewrap()).done == 0
        assert raw(engine)[:5] == entries
        after = audit_log(engine, NEW)
        assert len(await texts(after)) == 7
        with pytest.raises(ServiceError, match="not configured"):
            await texts(before)
        for log in (before, during, after):
            await log.close()

    asyncio.run(scenario())


def test_a_rotation_that_breaks_off_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redoubt.adapters.sql.rewrapping.BATCH", 2)

    async def scenario() -> None:
        log = audit_log(engine, OLD)
        await write(log, "a", "b", "c", "d", "e")
        with pytest.raises(ServiceError, match="does not answer"):
            await SqlRewrapping(engine, KekRing(Failing(3), (OLD,))).rewrap()
        both = audit_log(engine, NEW, OLD)
        assert await texts(both) == ["of a", "of b", "of c", "of d", "of e"]
        result = await SqlRewrapping(engine, KekRing(NEW, (OLD,))).rewrap()
        assert (result.done, result.left) == (3, 0)
        scrubbed: list[Engine] = []
        monkeypatch.setattr(
            "redoubt.adapters.sql.rewrapping.scrub", lambda engine, _: scrubbed.append(engine)
        )
        assert (await SqlRewrapping(engine, KekRing(NEW)).rewrap()).done == 0
        assert scrubbed == [engine], "one that broke off before it overwrote old forms does it the next time"
        await log.close()
        await both.close()

    asyncio.run(scenario())


def test_who_cannot_be_sealed_for_does_not_hold_up_the_others(engine: Engine) -> None:
    async def scenario() -> None:
        log = audit_log(engine, OLD)
        await write(log, "a")
        failing = audit_log(engine, Failing(1), OLD)

        def said(subject: str) -> Entry:
            return Entry("ex_9", "prompt", 1.0, "k", "a", "t", subject, "allow", text="new")

        await failing.append(said("b"))
        results = await asyncio.gather(*(failing.append(said(s)) for s in "abc"), return_exceptions=True)
        assert [isinstance(r, ServiceError) for r in results] == [False, False, True]
        await log.close()
        await failing.close()

    asyncio.run(scenario())
