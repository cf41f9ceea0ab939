"""Sessions of people who logged in keep the same promises on every database."""

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.sessions import SqlSessions
from redoubt.domain.errors import IdentityError, ServiceError
from redoubt.domain.principal import Kind
from redoubt.domain.rights import Grant
from redoubt.domain.settings import Durability
from redoubt.services.identity.interface import Outsider

JANE = Outsider(
    "https://id.example", "248", "Jane", ("staff",), "", "desk", "default", Kind.USER, (Grant("user"),)
)
HOUR = 3600.0


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("postgres").database() if request.param == "postgresql" else ""
    made = open_database(url, tmp_path, Durability.PROCESS)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sessions(engine: Engine, clock: Clock, master: bytes = b"m" * 32) -> SqlSessions:
    return SqlSessions(engine, master=master, idle=HOUR, longest=8 * HOUR, clock=clock)


def test_a_session_is_found_by_every_gateway_until_it_is_ended(engine: Engine, clock: Clock) -> None:
    async def work() -> None:
        here, there = sessions(engine, clock), sessions(engine, clock)
        secret = await here.begin(JANE, ("user",))
        found = await there.find(secret)
        assert replace(found.who, credential="") == JANE
        assert found.who.credential.startswith("ses_")
        assert found.roles == ("user",)
        assert here.token(secret) == there.token(secret) != secret
        await there.end(secret)
        with pytest.raises(IdentityError):
            await here.find(secret)

    asyncio.run(work())


def test_it_ends_when_it_is_not_used_and_in_any_case_at_last(engine: Engine, clock: Clock) -> None:
    async def work() -> None:
        store = sessions(engine, clock)
        used, unused = await store.begin(JANE, ()), await store.begin(JANE, ())
        for _ in range(9):
            clock.now += 0.8 * HOUR
            await store.find(used)
        with pytest.raises(IdentityError):
            await store.find(unused)
        assert await store.purge() == 1
        clock.now += 0.9 * HOUR
        with pytest.raises(IdentityError):
            await store.find(used)
        assert await store.purge() == 1

    asyncio.run(work())


def test_another_secret_opens_the_same_session_and_the_old_one_nothing(engine: Engine, clock: Clock) -> None:
    async def work() -> None:
        store = sessions(engine, clock)
        old = await store.begin(JANE, ("user",))
        ends_at = (await store.find(old)).ends_at
        clock.now += 60
        new = await store.renew(old, ("admin",))
        assert (await store.find(new)).roles == ("admin",)
        assert (await store.find(new)).ends_at == ends_at
        assert store.token(new) != store.token(old)
        for again in (store.find(old), store.renew(old, ())):
            with pytest.raises(IdentityError):
                await again

    asyncio.run(work())


@pytest.mark.parametrize(
    "secret", ["", "x", "A" * 43, "A" * 44, "\ud800" * 43, "a b" * 15, "ä" * 43, "A" * 100_000]
)
def test_whatever_a_browser_sends_opens_nothing(engine: Engine, clock: Clock, secret: str) -> None:
    async def work() -> None:
        store = sessions(engine, clock)
        await store.begin(JANE, ())
        with pytest.raises(IdentityError):
            await store.find(secret)
        await store.end(secret)
        assert store.token(secret)

    asyncio.run(work())


def test_another_master_key_opens_nothing(engine: Engine, clock: Clock) -> None:
    async def work() -> None:
        secret = await sessions(engine, clock).begin(JANE, ())
        with pytest.raises(IdentityError):
            await sessions(engine, clock, b"n" * 32).find(secret)

    asyncio.run(work())


def test_the_database_names_nobody_and_a_changed_row_opens_nothing(tmp_path: Path, clock: Clock) -> None:
    engine = open_database("", tmp_path, Durability.PROCESS)
    store = sessions(engine, clock)
    first, second = asyncio.run(store.begin(JANE, ())), asyncio.run(store.begin(JANE, ()))
    engine.dispose()
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for word in (first, second, "Jane", "id.example", "staff"):
        assert word.encode() not in everything
    with sqlite3.connect(tmp_path / "redoubt.db") as database:
        rows = database.execute("SELECT digest, sealed FROM login_sessions").fetchall()
        for (digest, _), (_, sealed) in zip(rows, reversed(rows), strict=True):
            database.execute("UPDATE login_sessions SET sealed = ? WHERE digest = ?", (sealed, digest))
    database.close()
    with pytest.raises(ServiceError):
        asyncio.run(store.find(first))
    engine.dispose()
