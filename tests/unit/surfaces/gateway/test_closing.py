import asyncio

import pytest

from redoubt.domain.errors import ClosingError
from redoubt.surfaces.gateway.asgi import Hangup, Message
from redoubt.surfaces.gateway.caller import Caller
from redoubt.surfaces.gateway.closing import Closing
from tests.rogue import run


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_who_waits_is_interrupted_once_and_whoever_comes_later_at_once() -> None:
    async def work() -> int:
        closing = Closing()
        caller = Caller(never, Hangup(), closing)
        caller.watch()
        asyncio.get_running_loop().call_soon(closing.end)
        with pytest.raises(ClosingError, match="stopped"):
            await caller.unless_gone(asyncio.Event().wait())
        late = Caller(never, Hangup(), closing)
        late.watch()
        with pytest.raises(ClosingError):
            await late.unless_gone(asyncio.sleep(0))
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert run(work()) == 0


def test_who_was_dismissed_is_left_alone() -> None:
    async def work() -> bool:
        closing = Closing()
        caller = Caller(never, Hangup(), closing)
        caller.watch()
        caller.dismiss()
        closing.end()
        await asyncio.sleep(0)
        return caller.sent_away

    assert not run(work())


def test_a_caller_that_hangs_up_while_it_is_sent_away_is_interrupted_once() -> None:
    async def work() -> int:
        closing, hangup = Closing(), Hangup()
        caller = Caller(never, hangup, closing)
        caller.watch()
        loop = asyncio.get_running_loop()
        loop.call_soon(closing.end)
        loop.call_soon(hangup.tell)
        with pytest.raises(Exception, match="hung up"):
            await caller.unless_gone(asyncio.Event().wait())
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert run(work()) == 0


def test_draining_is_not_the_end() -> None:
    closing = Closing()
    ended: list[int] = []

    def note() -> None:
        ended.append(1)

    closing.watch(note)
    closing.drain()
    assert (closing.draining, closing.over, ended) == (True, False, [])
    closing.end()
    closing.end()
    assert ended == [1]
