"""Counters in memory: exact for one process, and gone with it."""

from collections.abc import Callable

from redoubt.domain.errors import ServiceError
from redoubt.services.limits.counters import Gauge, Job, Taken
from redoubt.services.limits.tally import Tally, over
from redoubt.services.limits.work import draws_of, work

MAX_TALLIES = 200_000
"""Beyond so many those are forgotten that hold nothing any more; if all are busy, nothing is let through."""


class MemoryCounters:
    """Implements `Counters`. A job is one step of one thread between two awaits."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock``: seconds since the epoch, UTC."""
        self._clock = clock
        self._tallies: dict[str, Tally] = {}
        self._gauges: dict[str, Gauge] = {}

    async def run(self, job: Job) -> Taken:
        """See `Counters.run`."""
        now = int(self._clock() * 1000)
        for draw in draws_of(job):
            if draw.counter not in self._tallies:
                self._make_room(now)
                self._tallies[draw.counter] = Tally()
            self._gauges[draw.counter] = draw.gauge
        return work(job, self._tallies, now)

    async def purge(self) -> int:
        """See `Counters.purge`."""
        return self._forget(int(self._clock() * 1000))

    def close(self) -> None:
        """Nothing is open."""

    def _make_room(self, now: int) -> None:
        if len(self._tallies) >= MAX_TALLIES and not self._forget(now):
            raise ServiceError(
                f"{MAX_TALLIES} counters of limits are in use and none is free; set [store] redis_url, or fewer limits"
            )

    def _forget(self, now: int) -> int:
        done = [name for name, tally in self._tallies.items() if over(self._gauges[name], tally, now) <= now]
        for name in done:
            del self._tallies[name], self._gauges[name]
        return len(done)
