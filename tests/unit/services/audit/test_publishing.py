"""Nobody is forgotten, nobody is pressed, and nothing grows without end."""

import asyncio
from pathlib import Path

import pytest

from redoubt.adapters.sql.database import open_database
from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import Durability
from redoubt.services.audit.evidence import KeptCheckpoint, TamperedError
from redoubt.services.audit.publishing import FIRST_WAIT, LONGEST_WAIT, Publishing
from tests.contract.test_proving import grow, notary


class Shelf:
    """An outlet in memory."""

    def __init__(self, name: str = "shelf", depth: int = 3, everyone: bool = False) -> None:
        self.name, self.depth, self.everyone = name, depth, everyone
        self.got: list[int] = []
        self.asked = 0
        self.open = True

    async def deliver(self, kept: KeptCheckpoint) -> None:
        self.asked += 1
        if not self.open:
            raise ServiceError("the shelf is closed")
        self.got.append(kept.size)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_checkpoint_is_delivered_once_and_in_order(tmp_path: Path) -> None:
    engine = open_database("", tmp_path, Durability.PROCESS)
    shelf, clock = Shelf(), Clock()
    publishing = Publishing(notary(engine), [shelf], clock)

    async def work() -> None:
        for size in (2, 2, 5):
            grow(engine, size)
            done = await publishing.round()
            assert done.failures == ()
        assert shelf.got == [2, 5]
        shelf.open = False
        for size in (6, 7, 8, 9):
            grow(engine, size)
            done = await publishing.round()
        assert shelf.asked == 3, "whoever failed is left in peace for a while"
        assert done.dropped == ("shelf",), "more than three are not kept"
        shelf.open = True
        clock.now += FIRST_WAIT
        assert (await publishing.round()).delivered == ("shelf",) * 3
        assert shelf.got == [2, 5, 7, 8, 9]

    asyncio.run(work())
    engine.dispose()


def test_the_wait_doubles_up_to_an_hour_and_the_last_round_waits_for_nobody(tmp_path: Path) -> None:
    engine = open_database("", tmp_path, Durability.PROCESS)
    shelf, clock = Shelf(depth=1), Clock()
    shelf.open = False
    publishing = Publishing(notary(engine), [shelf], clock)

    async def work() -> None:
        grow(engine, 1)
        for wait in (5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600):
            before = shelf.asked
            assert (await publishing.round()).failures[0].said == "the shelf is closed"
            clock.now += wait - 1
            await publishing.round()
            assert shelf.asked == before + 1
            clock.now += 1
        assert wait == LONGEST_WAIT
        await publishing.round()
        before = shelf.asked
        await publishing.round(last=True)
        assert shelf.asked == before + 1
        grow(engine, 3)
        assert (await publishing.round(last=True)).dropped == (), "a later one makes it needless"

    asyncio.run(work())
    engine.dispose()


def test_of_two_gateways_the_one_that_signs_delivers_unless_everyone_does(tmp_path: Path) -> None:
    engine = open_database("", tmp_path, Durability.PROCESS)
    shelves = [Shelf(), Shelf(), Shelf(everyone=True), Shelf(everyone=True)]
    one = Publishing(notary(engine), [shelves[0], shelves[2]], Clock())
    two = Publishing(notary(engine), [shelves[1], shelves[3]], Clock())

    async def work() -> None:
        grow(engine, 4)
        await one.round()
        await two.round()

    asyncio.run(work())
    assert [shelf.got for shelf in shelves] == [[4], [], [4], [4]]
    engine.dispose()


def test_a_contradiction_is_no_mere_failure(tmp_path: Path) -> None:
    class Contrary(Shelf):
        async def deliver(self, kept: KeptCheckpoint) -> None:
            raise TamperedError("another checkpoint is there")

    engine = open_database("", tmp_path, Durability.PROCESS)
    grow(engine, 4)
    with pytest.raises(TamperedError, match="another checkpoint"):
        asyncio.run(Publishing(notary(engine), [Contrary()], Clock()).round())
    engine.dispose()
