"""What a gateway does beside answering: parts that run until it stops.

Parts start in the order of their list and end in the reverse order, so that a part may count on those before it. A part that fails is
logged (type and place, never its message), counted and started again after a while: none of them may end the process or hold up a request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from redoubt.surfaces.gateway.metrics import Metrics
from redoubt.surfaces.gateway.problems import complain

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds before a part that failed is started again: doubled at each failure, and the first again once it ran for the longest."""
PATIENCE = 10.0
"""Seconds that a part has to end, and again for what it does last."""

Job = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """Do nothing at the end."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of background work."""

    name: str
    """One word, for logs and metrics."""
    run: Job
    """Works until it is cancelled. Where it returns, its work is done for good; where it raises, it is called again later."""
    finish: Job = nothing
    """What is to be done once at shutdown, after `run` ended and no request is under way (a last checkpoint, a last batch)."""


class Background:
    """Runs the parts of one gateway."""

    def __init__(
        self,
        parts: Sequence[Part],
        metrics: Metrics,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``pause`` waits so many seconds."""
        self._parts = tuple(parts)
        self._metrics = metrics
        self._pause = pause
        self._running: list[tuple[Part, asyncio.Task[None]]] = []

    def start(self) -> None:
        """Start all parts, in their order."""
        for part in self._parts:
            self._running.append((part, asyncio.create_task(self._keep(part), name=f"redoubt {part.name}")))

    async def stop(self) -> None:
        """End all parts, the last one first, each before the one it may count on. Failures are logged, not raised."""
        while self._running:
            part, task = self._running.pop()
            task.cancel()
            await asyncio.wait((task,), timeout=PATIENCE)
            try:
                async with asyncio.timeout(PATIENCE):
                    await part.finish()
            except Exception as error:  # noqa: BLE001 - the parts before it must still end
                self._failed(part, error, "could not finish")

    async def _keep(self, part: Part) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            begun = loop.time()
            try:
                await part.run()
            except Exception as error:  # noqa: BLE001 - whatever it is, the gateway goes on and the part is tried again
                self._failed(part, error, "failed and will be started again")
            else:
                return
            if loop.time() - begun >= LONGEST_PAUSE:
                pause = FIRST_PAUSE
            await self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _failed(self, part: Part, error: Exception, how: str) -> None:
        self._metrics.part_failed(part.name)
        complain(f"background part {part.name} {how}", error)
