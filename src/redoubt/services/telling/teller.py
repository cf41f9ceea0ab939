"""Tells one sink what the log holds, from where it was, at least once, in order, for ever."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from redoubt.domain.telling import SinkSettings, Start
from redoubt.services.telling.choice import chosen
from redoubt.services.telling.interface import Sink, Tail, Told, UndeliveredError

BATCH = 500
"""Entries read, and at most delivered, at once."""
BATCH_BYTES = 256 * 1024
"""Of canonical entries in one delivery: less than common servers take in one request (nginx: 1 MiB)."""
EVERY = 1.0
"""Seconds between two looks at a log that was read to its end: so old an entry may be before a sink is told."""
LEASE = 15.0
"""Seconds that one gateway is the one that tells a sink; where it does not say so anew, another one takes over."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before what was not taken is offered again: doubled each time, and up to half as long again by chance."""
LAST_SECONDS = 3.0
"""That a gateway which stops gives a sink; what is left is told at the next start, or by another gateway."""
LONGEST_WAIT = 3600.0
"""Seconds that a receiver may ask for."""


class Watcher(Protocol):
    """Sees how a sink is told: the metrics and the log of the process."""

    def behind(self, sink: str, entries: int, seconds: float) -> None:
        """Take how many entries ``sink`` has not been told, and how old the first of them is."""

    def sent(self, sink: str, entries: int) -> None:
        """Count entries that were delivered."""

    def failed(self, sink: str, error: Exception, pause: float) -> None:
        """Count a delivery that failed and comes again after ``pause`` seconds."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one sink."""

    settings: SinkSettings
    sink: Sink
    tail: Tail
    watcher: Watcher
    clock: Callable[[], float]
    """Seconds since the epoch."""
    chance: Callable[[], float]
    """A number from 0 up to 1."""
    every: float = EVERY

    async def run(self) -> None:
        """Tell until cancelled. Raises ServiceError where the log cannot be read."""
        while True:
            if not await self._tell_some(patient=True):
                await asyncio.sleep(self.every)

    async def finish(self) -> None:
        """Tell what has come meanwhile, where that goes at once, and let another gateway take over."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await self._tell_some(patient=False)
        finally:
            await self.sink.aclose()
            await self.tail.release(self.settings.name)

    async def _tell_some(self, *, patient: bool) -> bool:
        """Tell one batch where there is one; return whether there may be more at once. ``patient``: offer it until it is taken."""
        name = self.settings.name
        size = await self.tail.size()
        following = await self.tail.next(name)
        if following is None:
            following = 0 if self.settings.start is Start.BEGINNING else size
        if not await self.tail.hold(name, following, LEASE):
            await self._report(size, following)
            return False
        batch = await self.tail.read(following, BATCH)
        if not batch:
            self.watcher.behind(name, 0, 0.0)
            return False
        self.watcher.behind(name, size - following, max(0.0, self.clock() - batch[0].entry.at))
        for part in portions(batch):
            wanted = chosen(part, self.settings)
            if wanted and not await self._deliver(wanted, following, patient):
                return False
            following = part[-1].index + 1
            if not await self.tail.advance(name, following):
                return False
        self.watcher.behind(name, max(0, size - following), 0.0)
        return len(batch) == BATCH

    async def _deliver(self, batch: Sequence[Told], following: int, patient: bool) -> bool:
        """Offer ``batch`` until it is taken; return False where it was not, or another gateway took over meanwhile."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self.sink.deliver(batch)
            except UndeliveredError as error:
                wait = max(pause * (1 + self.chance() / 2), min(error.retry_after, LONGEST_WAIT))
                self.watcher.failed(self.settings.name, error, wait)
            else:
                self.watcher.sent(self.settings.name, len(batch))
                return True
            if not patient or not await self._wait(wait, following):
                return False
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _wait(self, seconds: float, following: int) -> bool:
        """Wait, and stay the one who tells; meanwhile the sink falls behind, and is seen to."""
        while seconds > 0:
            nap = min(seconds, LEASE / 3)
            await asyncio.sleep(nap)
            seconds -= nap
            if not await self.tail.hold(self.settings.name, following, LEASE):
                return False
            await self._report(await self.tail.size(), following)
        return True

    async def _report(self, size: int, following: int) -> None:
        first = await self.tail.read(following, 1) if following < size else ()
        age = max(0.0, self.clock() - first[0].entry.at) if first else 0.0
        self.watcher.behind(self.settings.name, max(0, size - following), age)


def portions(batch: Sequence[Told]) -> Iterator[Sequence[Told]]:
    """Yield ``batch`` in portions of at most `BATCH_BYTES`, each of at least one entry."""
    begin, size = 0, 0
    for place, told in enumerate(batch):
        size += len(told.body)
        if size > BATCH_BYTES and place > begin:
            yield batch[begin:place]
            begin, size = place, len(told.body)
    yield batch[begin:]
