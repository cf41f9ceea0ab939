"""From limits as the operator writes them to counters, and back to what a caller is told."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import translate
from functools import lru_cache

from redoubt.domain.limits import (
    LENGTHS,
    PER_MINUTE,
    PER_SECOND,
    Limit,
    LimitScope,
    LimitUnit,
    Period,
    Unpriced,
    money,
    span,
)
from redoubt.domain.principal import OPERATOR_TENANT, Principal
from redoubt.services.limits.counters import (
    Counters,
    Draw,
    Gauge,
    Keep,
    Look,
    Manner,
    Settle,
    Settlement,
    Take,
    Taken,
    Tier,
)
from redoubt.services.limits.interface import (
    Ask,
    Refusal,
    RefusedError,
    Reservation,
    UnpricedError,
    Use,
    units,
)
from redoubt.services.limits.split import shared

_COUNTER_BYTES = 16
_MEASURED = (LimitUnit.TOKENS, LimitUnit.COST)


class LimitBook:
    """Implements `Limits` over `Counters`."""

    def __init__(
        self,
        limits: Sequence[Limit],
        counters: Counters,
        *,
        default: Sequence[Limit] = (),
        unpriced: Unpriced = Unpriced.REFUSE,
        random: Callable[[int], bytes],
        tier: Callable[[Limit], Tier] = shared,
    ) -> None:
        """``default`` are the limits of a key that has none of its own; ``tier`` tells where each is counted.

        ``random`` returns so many random bytes.
        """
        self._limits = tuple(limits)
        self._counters = counters
        self._default = tuple(default)
        self._unpriced = unpriced
        self._random = random
        self._tier = tier
        self._held: dict[str, tuple[Draw, ...]] = {}
        self._measures = any(limit.unit in _MEASURED for limit in self._limits)

    @property
    def measures(self) -> bool:
        """See `Limits.measures`."""
        return self._measures

    async def reserve(self, who: Principal, model: str | None, ask: Ask) -> Reservation:
        """See `Limits.reserve`."""
        wanted: list[tuple[Limit, Draw]] = []
        unpriced: list[Limit] = []
        for limit, value in self._applying(who, model):
            if limit.unit is LimitUnit.COST and ask.cost is None:
                unpriced.append(limit)
            elif count := units(limit, ask):
                wanted.append((limit, _draw(limit, value, count, self._tier(limit))))
        missing = [limit for limit in unpriced if not limit.shadow]
        if missing and self._unpriced is Unpriced.REFUSE:
            raise UnpricedError(
                f"limit '{missing[0].id}' counts what models cost, and this model has no price; add it to the file "
                "that [prices] names, or set [prices] unpriced",
                missing[0],
            )
        if not wanted:
            return Reservation(ask, unpriced=tuple(unpriced))
        return await self._take(wanted, ask, tuple(unpriced))

    async def more(self, reservation: Reservation, ask: Ask) -> Reservation:
        """See `Limits.more`."""
        wanted = [
            (use.limit, replace(draw, units=units(use.limit, ask)))
            for use, draw in zip(reservation.uses, reservation.draws, strict=True)
            if use.limit.unit in _MEASURED and units(use.limit, ask)
        ]
        if not wanted:
            return Reservation(ask)
        return await self._take(wanted, ask)

    async def settle(self, reservation: Reservation, used: Ask) -> None:
        """See `Limits.settle`."""
        if not reservation.draws or (used == reservation.ask and not reservation.holder):
            return
        self._held.pop(reservation.holder, None)
        settlements = tuple(
            Settlement(draw, mark, units(use.limit, used))
            for use, draw, mark in zip(reservation.uses, reservation.draws, reservation.marks, strict=True)
        )
        changed = tuple(
            each
            for each in settlements
            if each.used != each.draw.units or each.draw.gauge.manner is Manner.PLACES
        )
        if changed:
            await self._counters.run(Settle(changed, reservation.holder))

    async def uses(self, who: Principal, model: str) -> tuple[Use, ...]:
        """See `Limits.uses`."""
        applying = [*self._applying(who, None), *self._applying(who, model)]
        draws = tuple(_draw(limit, value, 0, self._tier(limit)) for limit, value in applying)
        if not draws:
            return ()
        found = await self._counters.run(Look(draws))
        return _uses([limit for limit, _ in applying], found)

    async def keep(self) -> None:
        """See `Limits.keep`."""
        await asyncio.gather(*(self._keep(holder) for holder in self._held))

    async def _keep(self, holder: str) -> None:
        # Looked up now: who gave its places back meanwhile must not get them again.
        if draws := self._held.get(holder):
            await self._counters.run(Keep(draws, holder))

    async def purge(self) -> int:
        """See `Limits.purge`."""
        return await self._counters.purge()

    def close(self) -> None:
        """See `Limits.close`."""
        self._counters.close()

    async def _take(
        self, wanted: Sequence[tuple[Limit, Draw]], ask: Ask, unpriced: tuple[Limit, ...] = ()
    ) -> Reservation:
        limits = [limit for limit, _ in wanted]
        draws = tuple(draw for _, draw in wanted)
        places = tuple(draw for draw in draws if draw.gauge.manner is Manner.PLACES)
        holder = self._random(_COUNTER_BYTES).hex() if places else ""
        taken = await self._counters.run(Take(draws, holder))
        uses = _uses(limits, taken)
        over = tuple(limits[i] for i in taken.over)
        if taken.refused >= 0:
            raise _refused(uses, taken, over, draws[taken.refused].units)
        if places:
            self._held[holder] = places
        return Reservation(ask, draws, taken.marks, holder, uses, over, unpriced)

    def _applying(self, who: Principal, model: str | None) -> Iterator[tuple[Limit, str]]:
        """Yield the limits that are asked at this point, each with whom it counts."""
        own = self._default
        if who.limits:
            own = own_limits(who.limits)
        if not self._limits and (model is not None or not own):
            return
        values = _values(who, model)
        for limit in self._limits:
            early = limit.unit is LimitUnit.REQUESTS and not limit.by_model
            if early is (model is None) and _concerns(limit, values):
                yield limit, _whom(limit, values, who)
        if model is None:
            for limit in own:
                yield limit, values[limit.scope]


@lru_cache(maxsize=1024)
def own_limits(limits: tuple[tuple[str, int], ...], *, local: bool = False) -> tuple[Limit, ...]:
    """Return the limits on requests of one key, ``second`` or ``minute`` and how many: the whole amount may come at once."""
    return tuple(
        Limit(
            f"per_{period}",
            LimitScope.KEY,
            LimitUnit.REQUESTS,
            amount,
            Period(period),
            burst=amount,
            local=local,
        )
        for period, amount in limits
        if amount > 0
    )


def server_limits(per_second: int | None, per_minute: int | None) -> tuple[Limit, ...]:
    """Return the limits of a key that has none of its own, as ``[server]`` sets them; None: as nobody did."""
    given = (("second", per_second, PER_SECOND), ("minute", per_minute, PER_MINUTE))
    found: list[Limit] = []
    for period, said, unsaid in given:
        found += own_limits(((period, unsaid if said is None else said),), local=said is None)
    return tuple(found)


@lru_cache(maxsize=1024)
def gauge_of(limit: Limit) -> Gauge:
    """Return how a limit is counted."""
    if limit.unit is LimitUnit.CONCURRENT:
        return Gauge(Manner.PLACES, limit.amount)
    if limit.burst:
        return Gauge(Manner.BUCKET, limit.amount, limit.per, limit.burst)
    manner = Manner.CALENDAR if limit.per in (Period.DAY, Period.MONTH) else Manner.SLIDING
    return Gauge(manner, limit.amount, limit.per)


def _values(who: Principal, model: str | None) -> dict[LimitScope, str]:
    """Return what a request is in each scope. A model is the same in capitals: providers answer to both."""
    return {
        LimitScope.KEY: who.key,
        LimitScope.PRINCIPAL: who.id,
        LimitScope.APP: who.app,
        LimitScope.MODEL: (model or "").lower(),
        LimitScope.ALL: "",
    }


def _whom(limit: Limit, values: dict[LimitScope, str], who: Principal) -> str:
    """Return whom a limit counts: an application of another tenant is another one, whatever it is called."""
    value = values[limit.scope]
    if limit.scope is LimitScope.APP and who.tenant != OPERATOR_TENANT:
        return f"{who.tenant}\0{value}"
    return value


def _concerns(limit: Limit, values: dict[LimitScope, str]) -> bool:
    if limit.scope is LimitScope.MODEL and not values[LimitScope.MODEL]:
        return False
    return all(any(_fits(glob, values[scope]) for glob in globs) for scope, globs in limit.match)


def _fits(glob: str, value: str) -> bool:
    return _pattern(glob).match(value) is not None


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(translate(glob))


@lru_cache(maxsize=16_384)
def _draw(limit: Limit, value: str, count: int, tier: Tier) -> Draw:
    """Return what is taken from a limit's counter of ``value``.

    What changes how a limit counts makes it another counter, what changes how much does not.
    """
    gauge = gauge_of(limit)
    name = f"{limit.id}\0{limit.unit}\0{gauge.manner}\0{gauge.period or ''}\0{limit.scope}\0{value}"
    counter = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:_COUNTER_BYTES].hex()
    return Draw(counter, gauge, count, limit.shadow, tier)


def _uses(limits: Sequence[Limit], taken: Taken) -> tuple[Use, ...]:
    return tuple(Use(limit, standing) for limit, standing in zip(limits, taken.standings, strict=True))


def _refused(uses: tuple[Use, ...], taken: Taken, over: tuple[Limit, ...], asked: int) -> RefusedError:
    limit, standing = uses[taken.refused].limit, uses[taken.refused].standing
    refusal = Refusal(limit, uses, over)
    what = described(limit)
    if standing.wait_ms < 0:
        message = (
            f"limit '{limit.id}': {what}; this request may come to {amount(limit, asked)}, more than is ever let through: "
            "ask for fewer output tokens (max_tokens) or send less text"
        )
        return RefusedError(message, refusal, retry_after=_longest(limit), never=True)
    seconds = standing.wait_ms / 1000
    message = f"limit '{limit.id}': {what}; wait {span(seconds)}"
    return RefusedError(message, refusal, retry_after=seconds, never=False)


def described(limit: Limit) -> str:
    """Say what a limit allows."""
    scope = "in all" if limit.scope is LimitScope.ALL else f"for each {limit.scope}"
    if limit.unit is LimitUnit.CONCURRENT:
        return f"{limit.amount} exchanges at the same time {scope}"
    return f"{amount(limit, limit.amount)} per {limit.per} {scope}"


def amount(limit: Limit, count: int) -> str:
    """Return so many units of a limit in words."""
    return f"{money(count)} of cost" if limit.unit is LimitUnit.COST else f"{count} {limit.unit}"


def _longest(limit: Limit) -> float:
    return LENGTHS.get(limit.per or Period.SECOND, LENGTHS[Period.DAY]) / 1000
