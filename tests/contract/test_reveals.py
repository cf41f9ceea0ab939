"""It takes two: one asks, another approves, the first one sees, once, and in time."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.reveals import SqlReveals
from redoubt.domain.errors import InputError, RightsError
from redoubt.domain.settings import Durability
from redoubt.services.audit.reveals import OPEN_SECONDS, REQUEST_SECONDS, Reveal


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    engine = open_database(url, tmp_path, Durability.PROCESS)
    yield engine
    engine.dispose()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


ASKED = Reveal("rv_1", "ex_1", 7, "an incident", "default", "ann", 1000.0, 1000.0 + REQUEST_SECONDS)


def test_one_asks_another_approves_and_the_first_one_sees_it_once(engine: Engine) -> None:
    async def scenario() -> None:
        reveals = SqlReveals(engine, clock=Clock())
        await reveals.ask(ASKED)
        with pytest.raises(InputError, match="not approved"):
            await reveals.open("rv_1", "ann")
        with pytest.raises(RightsError, match="cannot approve"):
            await reveals.approve("rv_1", "ann")
        approved = await SqlReveals(engine, clock=Clock()).approve("rv_1", "bob")
        assert (approved.approved_by, approved.state(1000.0)) == ("bob", "approved")
        with pytest.raises(InputError, match="any more"):
            await reveals.approve("rv_1", "carl")
        for who in ("bob", "carl"):
            with pytest.raises(RightsError, match="only who asked"):
                await reveals.open("rv_1", who)
        opened = await reveals.open("rv_1", "ann")
        assert (opened.exchange, opened.below, opened.state(1000.0)) == ("ex_1", 7, "opened")
        with pytest.raises(InputError, match="was used"):
            await reveals.open("rv_1", "ann")
        assert [r.id for r in await reveals.recent()] == ["rv_1"]

    asyncio.run(scenario())


def test_of_two_who_open_it_at_once_one_does(engine: Engine) -> None:
    async def scenario() -> None:
        reveals = SqlReveals(engine, clock=Clock())
        await reveals.ask(ASKED)
        await reveals.approve("rv_1", "bob")
        results = await asyncio.gather(
            *(reveals.open("rv_1", "ann") for _ in range(8)), return_exceptions=True
        )
        assert sum(isinstance(r, Reveal) for r in results) == 1

    asyncio.run(scenario())


def test_requests_and_approvals_lapse(engine: Engine) -> None:
    async def scenario() -> None:
        clock = Clock()
        reveals = SqlReveals(engine, clock=clock)
        await reveals.ask(ASKED)
        clock.now += REQUEST_SECONDS
        with pytest.raises(InputError, match="any more"):
            await reveals.approve("rv_1", "bob")
        clock.now = 1000.0
        await reveals.approve("rv_1", "bob")
        clock.now += OPEN_SECONDS
        with pytest.raises(InputError, match="lapsed"):
            await reveals.open("rv_1", "ann")
        assert (await reveals.recent())[0].state(clock.now) == "expired"

    asyncio.run(scenario())


def test_one_tenant_cannot_push_anothers_requests_out(engine: Engine) -> None:
    async def scenario() -> None:
        reveals = SqlReveals(engine, clock=Clock())
        await reveals.ask(ASKED)
        for n in range(5):
            await reveals.ask(replace(ASKED, id=f"rv_a{n}", tenant="acme", at=1001.0))
        assert await reveals.find("rv_1") == ASKED
        assert await reveals.find("rv_2") is None
        assert await reveals.recent(3, tenants=("default", "local")) == (ASKED,)
        assert len(await reveals.recent(3)) == 3
        ours = ("default",)
        assert await reveals.recent(tenants=ours, by=ASKED.by, exchange=ASKED.exchange) == (ASKED,)
        assert await reveals.recent(tenants=ours, by=ASKED.by, exchange="ex_other") == ()
        assert await reveals.recent(by="os:nobody") == ()

    asyncio.run(scenario())


def test_what_nobody_asked_for_cannot_be_approved(engine: Engine) -> None:
    async def scenario() -> None:
        reveals = SqlReveals(engine, clock=Clock())
        with pytest.raises(InputError, match="no request"):
            await reveals.approve("rv_9", "bob")
        with pytest.raises(InputError, match="no request"):
            await reveals.open("rv_9", "bob")

    asyncio.run(scenario())
