"""Counters in two places: those that may be forgotten when a process ends in memory, the others where all processes see them."""

from redoubt.domain.errors import ServiceError
from redoubt.services.limits.counters import (
    Counters,
    Draw,
    Job,
    Keep,
    Look,
    Settle,
    Settlement,
    Standing,
    Take,
    Taken,
)


class SplitCounters:
    """Implements `Counters` over two of them: a job that both have a part in is still done whole or not at all."""

    def __init__(self, fleeting: Counters, lasting: Counters) -> None:
        """``fleeting`` must be in memory: what was taken from it and is not wanted any more is given back at once."""
        self._fleeting = fleeting
        self._lasting = lasting

    async def run(self, job: Job) -> Taken:
        """See `Counters.run`."""
        if isinstance(job, Settle):
            return await self._settle(job)
        here = tuple(draw for draw in job.draws if draw.fleeting)
        if len(here) in (0, len(job.draws)):
            return await (self._fleeting if here else self._lasting).run(job)
        there = tuple(draw for draw in job.draws if not draw.fleeting)
        if not isinstance(job, Take):
            kind = Look if isinstance(job, Look) else None
            first = await self._fleeting.run(Look(here) if kind else Keep(here, _holder(job)))
            second = await self._lasting.run(Look(there) if kind else Keep(there, _holder(job)))
            return _joined(job.draws, first, second)
        return await self._take(job, here, there)

    async def purge(self) -> int:
        """See `Counters.purge`."""
        return await self._fleeting.purge() + await self._lasting.purge()

    def close(self) -> None:
        """See `Counters.close`."""
        self._fleeting.close()
        self._lasting.close()

    async def _take(self, job: Take, here: tuple[Draw, ...], there: tuple[Draw, ...]) -> Taken:
        first = await self._fleeting.run(Take(here, job.holder))
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
        await self._fleeting.run(Settle(unused, holder))

    async def _settle(self, job: Settle) -> Taken:
        here = tuple(each for each in job.settlements if each.draw.fleeting)
        there = tuple(each for each in job.settlements if not each.draw.fleeting)
        if here:
            await self._fleeting.run(Settle(here, job.holder))
        if there:
            await self._lasting.run(Settle(there, job.holder))
        return Taken(())


def _holder(job: Job) -> str:
    if isinstance(job, Look):
        raise ServiceError("reading counters has no holder")
    return job.holder


def _joined(draws: tuple[Draw, ...], first: Taken, second: Taken) -> Taken:
    """Put the two halves into the order of ``draws``."""
    places = {True: iter(range(len(draws))), False: iter(range(len(draws)))}
    order = [(draw.fleeting, next(places[draw.fleeting])) for draw in draws]
    half = {True: first, False: second}

    def whole(fleeting: bool, number: int) -> int:
        return order.index((fleeting, number))

    standings: tuple[Standing, ...] = tuple(half[f].standings[n] for f, n in order)
    refused = next(
        (whole(f, half[f].refused) for f in (True, False) if half[f].refused >= 0),
        -1,
    )
    taken = refused < 0 and len(first.marks) + len(second.marks) == len(draws)
    marks = tuple(half[f].marks[n] for f, n in order) if taken else ()
    over = tuple(sorted(whole(f, n) for f in (True, False) for n in half[f].over))
    return Taken(standings, marks, refused, over)
