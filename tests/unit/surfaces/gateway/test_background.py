import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from redoubt.surfaces.gateway import background
from redoubt.surfaces.gateway.background import FIRST_PAUSE, LONGEST_PAUSE, Background, Part
from redoubt.surfaces.gateway.metrics import Metrics


def for_ever(name: str, said: list[str]) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        said.append(f"{name} begins")
        try:
            await asyncio.Event().wait()
        finally:
            said.append(f"{name} ends")

    return work


def once(name: str, said: list[str]) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        said.append(f"{name} finishes")

    return work


def test_parts_start_in_order_and_end_in_reverse() -> None:
    said: list[str] = []

    async def scenario() -> None:
        names = ("sequencing", "checkpointing")
        running = Background([Part(n, for_ever(n, said), once(n, said)) for n in names], Metrics())
        running.start()
        await asyncio.sleep(0.01)
        await running.stop()

    asyncio.run(scenario())
    assert said == [
        "sequencing begins",
        "checkpointing begins",
        "checkpointing ends",
        "checkpointing finishes",
        "sequencing ends",
        "sequencing finishes",
    ]


def test_a_part_that_fails_is_counted_and_started_again(caplog: pytest.LogCaptureFixture) -> None:
    metrics, pauses, tries = Metrics(), list[float](), [0]

    async def work() -> None:
        tries[0] += 1
        if tries[0] < 10:
            raise RuntimeError("the canary sings")

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def scenario() -> None:
        running = Background([Part("exporting", work)], metrics, pause)
        running.start()
        async with asyncio.timeout(10):
            while tries[0] < 10:
                await asyncio.sleep(0)
        await running.stop()

    asyncio.run(scenario())
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert b'redoubt_background_failures_total{part="exporting"} 9.0' in metrics.render()
    assert "background part exporting failed" in caplog.text
    assert "canary" not in caplog.text


def test_a_part_that_will_not_end_holds_nobody_up(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "PATIENCE", 0.01)
    caplog.set_level(logging.ERROR)
    said: list[str] = []
    tired = asyncio.Event()

    async def stubborn() -> None:
        while not tired.is_set():
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                said.append("no")
                await tired.wait()

    async def too_long() -> None:
        await asyncio.sleep(60)

    async def scenario() -> None:
        running = Background(
            [Part("first", for_ever("first", said)), Part("second", stubborn, too_long)], Metrics()
        )
        running.start()
        await asyncio.sleep(0.01)
        await running.stop()
        tired.set()

    asyncio.run(scenario())
    assert said == ["first begins", "no", "first ends"]
    assert "second could not finish: TimeoutError" in caplog.text
