"""Counters in several places: this process's memory, a quick store (Redis), and a lasting one that must not forget (the database)."""

from collections.abc import Sequence
from dataclasses import replace

from redoubt.domain.limits import OWN_LIMITS, Limit, Period
from redoubt.services.limits.counters import (
    Counters,
    Draw,
    Job,
    Look,
    Settle,
    Settlement,
    Standing,
    Take,
    Taken,
    Tier,
)


def shared(limit: Limit) -> Tier:
    """Count all in the lasting store but what nobody set: that is each process's own protection against floods."""
    return Tier.LOCAL if limit.local else Tier.LASTING


def with_redis(limit: Limit) -> Tier:
    """Count in Redis, besides, what is forgotten within the hour anyway."""
    if limit.local or limit.per in (Period.DAY, Period.MONTH):
        return shared(limit)
    return Tier.QUICK


def alone(limit: Limit) -> Tier:
    """Count in memory, besides, the limits that keys bring: there is no other process."""
    return Tier.LOCAL if limit.id in OWN_LIMITS else Tier.LASTING


class SplitCounters:
    """Implements `Counters` over two of them: a job that both have a part in is still done whole or not at all."""

    def __init__(self, tier: Tier, quick: Counters, lasting: Counters) -> None:
        """``quick`` has what is of ``tier``, ``lasting`` the rest.

        ``quick`` is asked first; what was taken from it in vain is given back.
        """
        self._tier = tier
        self._quick = quick
        self._lasting = lasting

    async def run(self, job: Job) -> Taken:
        """See `Counters.run`."""
        if isinstance(job, Settle):
            return await self._settle(job)
        here = tuple(draw for draw in job.draws if self._is_here(draw))
        if len(here) in (0, len(job.draws)):
            return await (self._quick if here else self._lasting).run(job)
        there = tuple(draw for draw in job.draws if not self._is_here(draw))
        if isinstance(job, Take):
            return await self._take(job, here, there)
        first = await self._quick.run(replace(job, draws=here))
        second = await self._lasting.run(replace(job, draws=there))
        return self._joined(job.draws, first, second) if isinstance(job, Look) else first

    async def purge(self) -> int:
        """See `Counters.purge`."""
        return await self._quick.purge() + await self._lasting.purge()

    def close(self) -> None:
        """See `Counters.close`."""
        self._quick.close()
        self._lasting.close()

    async def _take(self, job: Take, here: tuple[Draw, ...], there: tuple[Draw, ...]) -> Taken:
        first = await self._quick.run(Take(here, job.holder))
        if first.refused >= 0:
            second = await self._lasting.run(Look(there))
            return self._joined(job.draws, first, second)
        try:
            second = await self._lasting.run(Take(there, job.holder))
        except BaseException:
            await self._give_back(here, first, job.holder)
            raise
        if second.refused >= 0:
            await self._give_back(here, first, job.holder)
        return self._joined(job.draws, first, second)

    async def _give_back(self, draws: tuple[Draw, ...], taken: Taken, holder: str) -> None:
        unused = tuple(Settlement(draw, mark, 0) for draw, mark in zip(draws, taken.marks, strict=True))
        await self._quick.run(Settle(unused, holder))

    async def _settle(self, job: Settle) -> Taken:
        here = tuple(each for each in job.settlements if self._is_here(each.draw))
        there = tuple(each for each in job.settlements if not self._is_here(each.draw))
        if here:
            await self._quick.run(Settle(here, job.holder))
        if there:
            await self._lasting.run(Settle(there, job.holder))
        return Taken(())

    def _is_here(self, draw: Draw) -> bool:
        return draw.tier is self._tier

    def _joined(self, draws: tuple[Draw, ...], first: Taken, second: Taken) -> Taken:
        return _joined([self._is_here(draw) for draw in draws], first, second)


def _joined(here: Sequence[bool], first: Taken, second: Taken) -> Taken:
    """Put the two halves into one order; ``here`` tells of each draw whether it is in the first."""
    places = {True: iter(range(len(here))), False: iter(range(len(here)))}
    order = [(flag, next(places[flag])) for flag in here]
    half = {True: first, False: second}

    def whole(quick: bool, number: int) -> int:
        return order.index((quick, number))

    standings: tuple[Standing, ...] = tuple(half[f].standings[n] for f, n in order)
    refused = next(
        (whole(f, half[f].refused) for f in (True, False) if half[f].refused >= 0),
        -1,
    )
    taken = refused < 0 and len(first.marks) + len(second.marks) == len(here)
    marks = tuple(half[f].marks[n] for f, n in order) if taken else ()
    over = tuple(sorted(whole(f, n) for f in (True, False) for n in half[f].over))
    return Taken(standings, marks, refused, over)
