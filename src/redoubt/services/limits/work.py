"""Doing a job over tallies that are at hand. Whoever calls it sees to it that nobody else does so at the same time."""

from collections.abc import Iterable, Mapping

from redoubt.services.limits.counters import Draw, Job, Keep, Look, Settle, Standing, Take, Taken
from redoubt.services.limits.tally import Tally, add, advance, correct, renew, weigh


def draws_of(job: Job) -> Iterable[Draw]:
    """Yield the draws of a job."""
    if isinstance(job, Settle):
        return (settlement.draw for settlement in job.settlements)
    return job.draws


def work(job: Job, tallies: Mapping[str, Tally], now: int) -> Taken:
    """Do one job at ``now`` (milliseconds since the epoch); ``tallies`` has one for each counter of its draws."""
    for draw in draws_of(job):
        advance(draw.gauge, tallies[draw.counter], now)
    match job:
        case Take():
            return _take(job, tallies, now)
        case Look():
            return Taken(tuple(_standing(draw, tallies, now) for draw in job.draws))
        case Settle():
            for each in job.settlements:
                delta = each.used - each.draw.units
                correct(each.draw.gauge, tallies[each.draw.counter], each.mark, delta, now, job.holder)
        case Keep():
            for draw in job.draws:
                renew(tallies[draw.counter], now, job.holder)
    return Taken(())


def _take(job: Take, tallies: Mapping[str, Tally], now: int) -> Taken:
    found = tuple(_standing(draw, tallies, now) for draw in job.draws)
    over = tuple(i for i, standing in enumerate(found) if standing.wait_ms)
    hard = [i for i in over if not job.draws[i].shadow]
    if hard:
        # The one that takes longest says when to come back; one that never will, says so.
        worst = max(hard, key=lambda i: (found[i].wait_ms < 0, found[i].wait_ms))
        return Taken(found, refused=worst, over=tuple(i for i in over if job.draws[i].shadow))
    marks = tuple(add(draw.gauge, tallies[draw.counter], draw.units, now, job.holder) for draw in job.draws)
    after = tuple(weigh(draw.gauge, tallies[draw.counter], 0, now) for draw in job.draws)
    return Taken(after, marks, over=over)


def _standing(draw: Draw, tallies: Mapping[str, Tally], now: int) -> Standing:
    return weigh(draw.gauge, tallies[draw.counter], draw.units, now)
