"""Brings checkpoints to those outside who keep them, stamp them or cosign them.

A checkpoint protects the log only from the moment on at which somebody else has it. Nobody waits for that: what could not be delivered is
tried again, later and later, and what can no longer be kept is counted.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.evidence import KeptCheckpoint, TamperedError
from redoubt.services.audit.notary import Notary

FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0
"""Seconds until an outlet that failed is tried again; the wait doubles from the first to the longest."""


class Outlet(Protocol):
    """Somebody outside who is brought checkpoints."""

    name: str
    """For metrics and messages: ``folder``, ``webhook``, ``timestamp``, or a witness's name."""
    depth: int
    """So many undelivered checkpoints are kept for it, the latest; 1 where a later one makes those before needless."""
    everyone: bool
    """True where each gateway brings each checkpoint; false where the one that signed it does."""

    async def deliver(self, kept: KeptCheckpoint) -> None:
        """Bring a checkpoint; doing so again does no harm. Raises ServiceError."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An outlet that did not take a checkpoint."""

    outlet: str
    said: str


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    kept: KeptCheckpoint
    fresh: bool
    """True where the checkpoint was signed just now, here."""
    delivered: tuple[str, ...]
    failures: tuple[Failure, ...]
    dropped: tuple[str, ...]
    """Names of outlets for which a checkpoint was given up."""


class Publishing:
    """Signs where the log has grown, and delivers. For one task at a time."""

    def __init__(self, notary: Notary, outlets: Sequence[Outlet], clock: Callable[[], float]) -> None:
        """``clock``: seconds, from anywhere, that only go forward."""
        self._notary = notary
        self._queues = [_Queue(outlet) for outlet in outlets]
        self._clock = clock
        self._offered = -1

    async def round(self, *, last: bool = False) -> Round:
        """Sign a checkpoint where the log has grown, and deliver what is due; the ``last`` round does not wait for anybody's turn.

        Raises TamperedError where the log contradicts what was signed before, ServiceError where the store does not answer.
        """
        kept, fresh = await self._notary.checkpoint()
        delivered: list[str] = []
        failures: list[Failure] = []
        dropped: list[str] = []
        new, self._offered = kept.size > self._offered, max(self._offered, kept.size)
        for queue in self._queues:
            name = queue.outlet.name
            if new and (fresh or queue.outlet.everyone) and queue.put(kept):
                dropped.append(name)
            if not queue.due(self._clock(), last):
                continue
            try:
                while await queue.deliver():
                    delivered.append(name)
            except TamperedError:
                raise
            except ServiceError as error:
                queue.wait(self._clock())
                failures.append(Failure(name, str(error)))
        return Round(kept, fresh, tuple(delivered), tuple(failures), tuple(dropped))


class _Queue:
    """What one outlet has not got yet."""

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self._waiting: deque[KeptCheckpoint] = deque(maxlen=outlet.depth)
        self._pause, self._not_before = 0.0, float("-inf")

    def put(self, kept: KeptCheckpoint) -> bool:
        """Queue a checkpoint; return True where one had to go for it that was not made needless by it."""
        full = len(self._waiting) == self.outlet.depth
        self._waiting.append(kept)
        return full and self.outlet.depth > 1

    def due(self, now: float, last: bool) -> bool:
        return bool(self._waiting) and (last or now >= self._not_before)

    async def deliver(self) -> bool:
        """Deliver the oldest; return False where there is none."""
        if not self._waiting:
            return False
        await self.outlet.deliver(self._waiting[0])
        self._waiting.popleft()
        self._pause, self._not_before = 0.0, float("-inf")
        return True

    def wait(self, now: float) -> None:
        self._pause = min(self._pause * 2, LONGEST_WAIT) if self._pause else FIRST_WAIT
        self._not_before = now + self._pause
