"""The counters port: where counts are kept. One step of a counter is one step for everybody who shares the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from redoubt.domain.limits import Period

LEASE_MS = 60_000
"""How long a place among concurrent exchanges is kept for a holder that is not heard of."""


class Manner(StrEnum):
    """How a counter counts."""

    SLIDING = "sliding"
    """In any interval of the period's length."""
    CALENDAR = "calendar"
    """In each day or month of the calendar, UTC."""
    BUCKET = "bucket"
    """At a steady rate, with a burst."""
    PLACES = "places"
    """Who is there now."""


class Tier(StrEnum):
    """Where a counter is kept; see `redoubt.services.limits.split`."""

    LOCAL = "local"
    """In the memory of this process: it costs nothing, nobody else's requests count, and no store need answer."""
    QUICK = "quick"
    """Where counting is quick and may be forgotten."""
    LASTING = "lasting"


@dataclass(frozen=True, slots=True)
class Gauge:
    """How one counter is read."""

    manner: Manner
    amount: int
    period: Period | None = None
    burst: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """What is taken from one counter."""

    counter: str
    """32 hexadecimal digits: a digest of the limit and of whom it counts."""
    gauge: Gauge
    units: int
    shadow: bool = False
    tier: Tier = Tier.LASTING


@dataclass(frozen=True, slots=True)
class Standing:
    """How a counter stands."""

    left: int
    """What could be taken now; negative where more was used than was reserved."""
    wait_ms: int = 0
    """Until what was asked for would fit; 0: it fits; -1: it never will."""
    reset_ms: int = 0
    """Until all of it is free again, if nothing more is taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some draws."""

    standings: tuple[Standing, ...]
    """Of each draw: after it was taken, or where one was refused, as it was found."""
    marks: tuple[int, ...] = ()
    """When each was counted; hand it back with a `Settlement`. Empty where nothing was taken."""
    refused: int = -1
    """The draw that did not fit; -1: all were taken."""
    over: tuple[int, ...] = ()
    """Shadow draws that would not have fitted."""


@dataclass(frozen=True, slots=True)
class Take:
    """Take all draws or none; ``holder`` is whose places they are."""

    draws: tuple[Draw, ...]
    holder: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a draw came to."""

    draw: Draw
    mark: int
    used: int


@dataclass(frozen=True, slots=True)
class Settle:
    """Correct counts, and give back the holder's places."""

    settlements: tuple[Settlement, ...]
    holder: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Renew the places of a holder."""

    draws: tuple[Draw, ...]
    holder: str


@dataclass(frozen=True, slots=True)
class Look:
    """Read counters."""

    draws: tuple[Draw, ...]


Job = Take | Settle | Keep | Look


class Counters(Protocol):
    """Keeps counts. See `redoubt.services.limits.tally` for what each manner means, to the millisecond."""

    async def run(self, job: Job) -> Taken:
        """Do one job whole or not at all. `Settle` and `Keep` return nothing in particular.

        Raises ServiceError in bounded time where the store cannot answer: then it may or may not have been done.
        """

    async def purge(self) -> int:
        """Forget counters whose time is over; return how many."""

    def close(self) -> None:
        """Finish what was begun and let go of the store."""


class Backend(Protocol):
    """A store that works by blocking; `redoubt.services.limits.queued` makes `Counters` of it."""

    def run(self, jobs: Sequence[Job]) -> Sequence[Taken | Exception]:
        """Do each job in order, together in one step where the store can. Raises ServiceError where none was done."""

    def purge(self) -> int:
        """See `Counters.purge`."""

    def close(self) -> None:
        """Let go of the store."""
