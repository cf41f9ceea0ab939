"""The limits port: what may be taken, and what was.

A limit without a burst is strict: in *any* interval of its length (second, minute, hour) never more than its amount is taken; day and month
are those of the calendar, in UTC. A limit with a burst is the generic cell rate algorithm (ITU-T I.371): a steady rate, and so much at
once. A limit on concurrent exchanges counts those under way.

**Reserve, then settle.** Before an exchange what it may come to is reserved: all limits that apply let it pass and count it, or one
refuses and none counts it. Once it is over, what it came to takes the place of what was reserved. What is reserved counts as taken, so
that a limit holds at every moment and under any concurrency, as long as no exchange comes to more than was reserved. Where one does, the
rest is counted all the same and is missing from what comes next.

**Failures.** A store that cannot answer is a ServiceError, in bounded time, and never a free pass. What was reserved and never settled
(a crash, a store that went away) stays counted until its period is over; a place among concurrent exchanges is let go of a minute
after its holder was last heard of. Nothing is ever counted less than it was, and nothing is held for ever.
"""

from dataclasses import dataclass, field
from typing import Protocol

from redoubt.domain.errors import LimitError, RightsError
from redoubt.domain.limits import Limit, LimitUnit
from redoubt.domain.principal import Principal
from redoubt.services.limits.counters import Draw, Standing


@dataclass(frozen=True, slots=True)
class Ask:
    """What an exchange may come to, or came to."""

    requests: int = 1
    tokens: int = 0
    cost: int | None = 0
    """In millionths of the currency; None: the model has no price."""


NOTHING = Ask(0)


def units(limit: Limit, ask: Ask) -> int:
    """Return how much of ``ask`` a limit counts."""
    match limit.unit:
        case LimitUnit.REQUESTS:
            return ask.requests
        case LimitUnit.TOKENS:
            return ask.tokens
        case LimitUnit.COST:
            return ask.cost or 0
    return 1


@dataclass(frozen=True, slots=True)
class Use:
    """How a limit stands for somebody."""

    limit: Limit
    standing: Standing


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was reserved; to be settled once."""

    ask: Ask
    draws: tuple[Draw, ...] = ()
    marks: tuple[int, ...] = ()
    """When each draw was counted, as its counter understands it."""
    holder: str = ""
    """Whose places among concurrent exchanges they are."""
    uses: tuple[Use, ...] = ()
    """How each limit stands now."""
    over: tuple[Limit, ...] = ()
    """Shadow limits that would have refused."""
    unpriced: tuple[Limit, ...] = ()
    """Limits on cost that let a model pass that has no price."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which limit refused, and how the limits stand."""

    limit: Limit
    uses: tuple[Use, ...] = field(default=(), repr=False)
    over: tuple[Limit, ...] = ()


class UnpricedError(RightsError):
    """A limit on cost applies to a model that has no price."""

    def __init__(self, message: str, limit: Limit) -> None:
        super().__init__(message)
        self.limit = limit


class RefusedError(LimitError):
    """A limit refused; says which."""

    def __init__(self, message: str, refusal: Refusal, *, retry_after: float, never: bool) -> None:
        super().__init__(message, retry_after=retry_after)
        self.refusal = refusal
        self.never = never
        """True where waiting does not help: the request asks for more than the limit ever lets through."""


class Limits(Protocol):
    """Counts. Implementations are exact under concurrency, over as many processes as share their store."""

    @property
    def measures(self) -> bool:
        """Whether any limit counts tokens or cost; where none does, an `Ask` need not say how many an exchange may come to."""

    async def reserve(self, who: Principal, model: str | None, ask: Ask) -> Reservation:
        """Take ``ask`` from every limit that applies, or from none.

        ``model`` None: the model is not known yet. Then the limits on requests are asked that do not depend on it; with a model, all
        the others, so that the two calls together ask each limit once. Raises RefusedError, which knows when to try again;
        UnpricedError where a limit on cost applies to a model without a price; ServiceError where a counter cannot answer: nothing is
        taken then.
        """

    async def more(self, reservation: Reservation, ask: Ask) -> Reservation:
        """Reserve tokens and cost beyond what ``reservation`` holds, from the same limits; settle both. Raises as `reserve` does."""

    async def settle(self, reservation: Reservation, used: Ask) -> None:
        """Put ``used`` in the place of what was reserved, and give back its places. Raises ServiceError: then it stays counted as reserved.

        What was used beyond what was reserved is counted as well. Must be called once at most for each reservation.
        """

    async def uses(self, who: Principal, model: str) -> tuple[Use, ...]:
        """Return how each limit stands that applies to ``who`` asking for ``model``; takes nothing. Raises ServiceError."""

    async def keep(self) -> None:
        """Say that the exchanges of this process are still under way; to be called every few seconds. Raises ServiceError."""

    async def purge(self) -> int:
        """Forget counters whose time is over; return how many. Raises ServiceError."""

    def close(self) -> None:
        """Finish what was begun and let go of the stores; blocks for seconds at most."""
