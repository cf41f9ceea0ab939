"""Counters in two places: quick ones (in memory, in Redis), and lasting ones that must not be forgotten (in the database)."""

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
)


def nothing(limit: Limit) -> bool:  # noqa: ARG001
    """Count nothing in the quick store."""
    return False


def heals_soon(limit: Limit) -> bool:
    """Count there what is forgotten within the hour anyway."""
    return limit.per not in (Period.DAY, Period.MONTH)


def is_a_keys_own(limit: Limit) -> bool:
    """Count there the limits of a few requests that every key has."""
    return limit.id in OWN_LIMITS


class SplitCounters:
    """Implements `Counters` over two of them: a job that both have a part in is still done whole or not at all."""

    def __init__(self, quick: Counters, lasting: Counters) -> None:
        """``quick`` is asked first; what was taken from it in vain is given back."""
        self._quick = quick
        self._lasting = lasting

    async def run(self, job: Job) -> Taken:
        """See `Counters.run`."""
        if isinstance(job, Settle):
            return await self._settle(job)
        here = tuple(draw for draw in job.draws if draw.quick)
        if len(here) in (0, len(job.draws)):
            return await (self._quick if here else self._lasting).run(job)
        there = tuple(draw for draw in job.draws if not draw.quick)
        if isinstance(job, Take):
            return await self._take(job, here, there)
        first = await self._quick.run(replace(job, draws=here))
        second = await self._lasting.run(replace(job, draws=there))
        return _joined(job.draws, first, second) if isinstance(job, Look) else first

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
            return _joined(job.draws, first, second)
        try:
            second = await self._lasting.run(Take(there, job.holder))
        except BaseException:
            await self._give_back(here, first, job.holder)
            raise
        if second.refused >= 0:
            await self._give_back(here, first, job.holder)
        return _joined(job.draws, first, second)

    async def _give_back(self, draws: tuple[Draw, ...], taken: Taken, holder: str) -> None:
        unused = tuple(Settlement(draw, mark, 0) for draw, mark in zip(draws, taken.marks, strict=True))
        await self._quick.run(Settle(unused, holder))

    async def _settle(self, job: Settle) -> Taken:
        here = tuple(each for each in job.settlements if each.draw.quick)
        there = tuple(each for each in job.settlements if not each.draw.quick)
        if here:
            await self._quick.run(Settle(here, job.holder))
        if there:
            await self._lasting.run(Settle(there, job.holder))
        return Taken(())


def _joined(draws: tuple[Draw, ...], first: Taken, second: Taken) -> Taken:
    """Put the two halves into the order of ``draws``."""
    places = {True: iter(range(len(draws))), False: iter(range(len(draws)))}
    order = [(draw.quick, next(places[draw.quick])) for draw in draws]
    half = {True: first, False: second}

    def whole(quick: bool, number: int) -> int:
        return order.index((quick, number))

    standings: tuple[Standing, ...] = tuple(half[f].standings[n] for f, n in order)
    refused = next(
        (whole(f, half[f].refused) for f in (True, False) if half[f].refused >= 0),
        -1,
    )
    taken = refused < 0 and len(first.marks) + len(second.marks) == len(draws)
    marks = tuple(half[f].marks[n] for f, n in order) if taken else ()
    over = tuple(sorted(whole(f, n) for f in (True, False) for n in half[f].over))
    return Taken(standings, marks, refused, over)
