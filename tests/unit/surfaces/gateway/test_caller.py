import asyncio
from typing import Any

import pytest

from redoubt.domain.errors import CallerGoneError
from redoubt.surfaces.gateway.asgi import Hangup
from redoubt.surfaces.gateway.caller import Caller
from tests.rogue import run


class Line:
    """What a server says of its caller."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self.hangup = Hangup()

    async def receive(self) -> dict[str, Any]:
        await self.lost.wait()
        return {"type": "http.disconnect"}

    def lose(self) -> None:
        self.lost.set()
        self.hangup.tell()


@pytest.mark.parametrize("told", [True, False])
def test_work_is_cancelled_when_the_caller_hangs_up(told: bool) -> None:
    async def work() -> tuple[bool, int]:
        line = Line()
        caller = Caller(line.receive, line.hangup if told else None)
        caller.watch()
        asyncio.get_running_loop().call_soon(line.lose)
        with pytest.raises(CallerGoneError):
            await caller.unless_gone(asyncio.Event().wait())
        with pytest.raises(CallerGoneError):
            await caller.unless_gone(asyncio.sleep(0))
        task = asyncio.current_task()
        assert task is not None
        return caller.gone, task.cancelling()

    assert run(work()) == (True, 0)


@pytest.mark.parametrize("told", [True, False])
def test_what_is_not_waited_for_here_is_left_alone(told: bool) -> None:
    async def work() -> bool:
        line = Line()
        caller = Caller(line.receive, line.hangup if told else None)
        caller.watch()
        line.lose()
        for _ in range(5):
            await asyncio.sleep(0)
        return caller.gone

    assert run(work())


@pytest.mark.parametrize("told", [True, False])
def test_a_dismissed_watch_sees_nothing(told: bool) -> None:
    async def work() -> bool:
        line = Line()
        caller = Caller(line.receive, line.hangup if told else None)
        caller.watch()
        assert await caller.unless_gone(asyncio.sleep(0, 5)) == 5
        caller.dismiss()
        line.lose()
        await asyncio.sleep(0)
        return caller.gone

    assert not run(work())


def test_a_cancellation_from_elsewhere_is_passed_on() -> None:
    async def inner(line: Line) -> None:
        caller = Caller(line.receive, line.hangup)
        caller.watch()
        await caller.unless_gone(asyncio.Event().wait())

    async def work() -> None:
        task = asyncio.ensure_future(inner(Line()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(work())
