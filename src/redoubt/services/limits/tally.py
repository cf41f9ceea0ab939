"""What one counter holds, and the arithmetic of each manner of counting. Whole numbers, milliseconds, no clock of its own.

**Sliding.** The window is cut into slices, and a slice that it touches counts whole: never more than the amount in any interval of its
length; let through is at least all that a window longer by one slice would. **Calendar.** The same with one part, the day or month.
**Bucket** (ITU-T I.371, the leaky bucket form, scaled so that nothing is divided): a unit fills ``period`` and ``amount`` drains in each
millisecond; what does not fit into ``burst * period`` is refused. **Places.** Holders, each until its lease is over.

**A clock that steps back.** What was counted in what is now the future is taken to be of now: it counts for longer than it should, never
shorter. A clock that steps forwards ends windows early, as it ends the day early.
"""

from dataclasses import dataclass, field
from itertools import accumulate

from redoubt.services.limits.calendar import begins, earlier, length, part
from redoubt.services.limits.counters import LEASE_MS, Gauge, Manner, Standing

MOST = 2**62
"""Of any count: what is stored has 64 bits, and whoever owes so much owes it for ever."""
CROWDED_MS = 1_000
"""Nobody knows when a place will be free; who is refused one is told to try again after so long."""


@dataclass(slots=True)
class Tally:
    """The counts of one counter."""

    counts: dict[int, int] = field(default_factory=dict)
    """By part of time."""
    level: int = 0
    at: int = 0
    """Of the bucket, and when it had that level."""
    places: dict[str, int] = field(default_factory=dict)
    """Holders, and until when."""


def advance(gauge: Gauge, tally: Tally, now: int) -> None:
    """Bring a tally to the present."""
    if gauge.manner is Manner.PLACES:
        tally.places = {who: min(t, now + LEASE_MS) for who, t in tally.places.items() if t > now}
    elif gauge.manner is Manner.BUCKET:
        tally.level = max(0, tally.level - gauge.amount * max(0, now - tally.at))
        tally.at = now
    else:
        present = part(gauge, now)
        if tally.counts and (min(tally.counts) < present - earlier(gauge) or max(tally.counts) > present):
            counts: dict[int, int] = {}
            for number, count in tally.counts.items():
                if number >= present - earlier(gauge):
                    number = min(number, present)
                    counts[number] = counts.get(number, 0) + count
            tally.counts = counts


def weigh(gauge: Gauge, tally: Tally, units: int, now: int) -> Standing:
    """Say how an advanced tally stands, and whether ``units`` more would fit."""
    if gauge.manner is Manner.PLACES:
        left = gauge.amount - len(tally.places)
        fits = CROWDED_MS if units > left else 0
        return Standing(left, -1 if units > gauge.amount else fits)
    if gauge.manner is Manner.BUCKET:
        size = length(gauge)
        room = gauge.burst * size - tally.level
        missing = units * size - room
        wait = -(missing // -gauge.amount) if missing > 0 else 0
        return Standing(room // size, -1 if units > gauge.burst else wait, -(tally.level // -gauge.amount))
    left = gauge.amount - sum(tally.counts.values())
    reset = _leaves(gauge, max(tally.counts)) - now if tally.counts else 0
    if units <= left:
        return Standing(left, 0, reset)
    return Standing(left, -1 if units > gauge.amount else _frees(gauge, tally, units - left) - now, reset)


def add(gauge: Gauge, tally: Tally, units: int, now: int, holder: str) -> int:
    """Count ``units`` in an advanced tally; return the mark by which they are corrected."""
    if gauge.manner is Manner.PLACES:
        tally.places[holder] = now + LEASE_MS
        return 0
    if gauge.manner is Manner.BUCKET:
        tally.level = min(MOST, tally.level + units * length(gauge))
        return now
    present = part(gauge, now)
    tally.counts[present] = min(MOST, tally.counts.get(present, 0) + units)
    return present


def correct(gauge: Gauge, tally: Tally, mark: int, delta: int, now: int, holder: str) -> None:
    """Count ``delta`` more, or fewer, than was counted at ``mark``, in an advanced tally."""
    if gauge.manner is Manner.PLACES:
        tally.places.pop(holder, None)
    elif gauge.manner is Manner.BUCKET:
        size = length(gauge)
        if (
            delta < 0
        ):  # of what is given back so much may have drained already that nothing of it is there any more
            tally.level = max(0, tally.level - max(0, -delta * size - gauge.amount * max(0, now - mark)))
        else:
            tally.level = min(MOST, tally.level + delta * size)
    else:
        present = part(gauge, now)
        if delta > 0 and not present - earlier(gauge) <= mark <= present:
            mark = present
        if delta > 0 or mark in tally.counts:
            count = min(MOST, max(0, tally.counts.get(mark, 0) + delta))
            tally.counts[mark] = count
            if not count:
                del tally.counts[mark]


def renew(tally: Tally, now: int, holder: str) -> None:
    """Keep a holder's place for another lease, even where it had lapsed: the exchange is under way."""
    tally.places[holder] = now + LEASE_MS


def over(gauge: Gauge, tally: Tally, now: int) -> int:
    """Return when the tally holds nothing any more and may be forgotten."""
    if gauge.manner is Manner.PLACES:
        return max(tally.places.values(), default=now)
    if gauge.manner is Manner.BUCKET:
        return tally.at - (tally.level // -gauge.amount)
    return max((_leaves(gauge, number) for number in tally.counts), default=now)


def _leaves(gauge: Gauge, number: int) -> int:
    """Return from when on a part of time does not count any more."""
    return begins(gauge, number + earlier(gauge) + 1)


def _frees(gauge: Gauge, tally: Tally, missing: int) -> int:
    """Return when so much will have left the window."""
    numbers = sorted(tally.counts)
    freed = accumulate(tally.counts[number] for number in numbers)
    return next(
        (_leaves(gauge, number) for number, so_far in zip(numbers, freed, strict=True) if so_far >= missing),
        _leaves(gauge, numbers[-1]),
    )
