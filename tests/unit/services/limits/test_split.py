import asyncio

import pytest

from redoubt.domain.errors import ServiceError
from redoubt.domain.limits import Period
from redoubt.services.limits.counters import (
    Draw,
    Gauge,
    Job,
    Look,
    Manner,
    Settle,
    Settlement,
    Take,
    Taken,
    Tier,
)
from redoubt.services.limits.memory import MemoryCounters
from redoubt.services.limits.split import SplitCounters
from tests.limiting import Clock

GAUGE = Gauge(Manner.CALENDAR, 10, Period.DAY)
LASTING, QUICK = Draw("a" * 32, GAUGE, 4), Draw("b" * 32, GAUGE, 3, tier=Tier.QUICK)


class Gone(MemoryCounters):
    async def run(self, job: Job) -> Taken:
        raise ServiceError("gone")


def test_both_halves_answer_in_the_order_that_was_asked() -> None:
    async def work() -> None:
        split = SplitCounters(Tier.QUICK, MemoryCounters(Clock()), MemoryCounters(Clock()))
        taken = await split.run(Take((LASTING, QUICK, LASTING), "h"))
        assert [standing.left for standing in taken.standings] == [2, 7, 2]
        assert len(taken.marks) == 3
        refused = await split.run(Take((QUICK, LASTING), "h"))
        assert (refused.refused, refused.marks) == (1, ())
        assert [standing.left for standing in (await split.run(Look((LASTING, QUICK)))).standings] == [2, 7]
        await split.run(
            Settle((Settlement(QUICK, taken.marks[1], 0), Settlement(LASTING, taken.marks[0], 5)), "h")
        )
        assert [standing.left for standing in (await split.run(Look((LASTING, QUICK)))).standings] == [1, 10]

    asyncio.run(work())


def test_what_was_taken_in_vain_is_given_back() -> None:
    async def work() -> None:
        split = SplitCounters(Tier.QUICK, MemoryCounters(Clock()), Gone(Clock()))
        with pytest.raises(ServiceError):
            await split.run(Take((QUICK, LASTING), "h"))
        assert (await split.run(Look((QUICK,)))).standings[0].left == 10

    asyncio.run(work())
