"""Parts of time, numbered: slices of a sliding window, days and months in UTC. In milliseconds since the epoch, whole numbers."""

from redoubt.domain.limits import LENGTHS, Period
from redoubt.services.limits.counters import Gauge, Manner

SLICES = 20
"""Of a sliding window. More of them let through sooner what may be let through, and take more room."""
_DAY = LENGTHS[Period.DAY]
_DAYS_TO_1970 = 719_468
"""From 1 March of year 0 (Gregorian, proleptic)."""


def part(gauge: Gauge, now: int) -> int:
    """Return the number of the part of time that ``now`` lies in."""
    if gauge.period is Period.MONTH:
        return _month(now // _DAY)
    if gauge.manner is Manner.CALENDAR:
        return now // _DAY
    return now // _width(gauge)


def begins(gauge: Gauge, number: int) -> int:
    """Return when a part of time begins."""
    if gauge.period is Period.MONTH:
        return _first_day(number) * _DAY
    if gauge.manner is Manner.CALENDAR:
        return number * _DAY
    return number * _width(gauge)


def earlier(gauge: Gauge) -> int:
    """Return how many parts before the present one count with it.

    Of a window of 20 slices an interval of its length that ends in the present slice touches 20 earlier ones: all are counted whole.
    """
    return SLICES if gauge.manner is Manner.SLIDING else 0


def length(gauge: Gauge) -> int:
    """Return the milliseconds of a period that has always the same length."""
    if gauge.period is None:
        raise ValueError("this counter has no period")
    return LENGTHS[gauge.period]


def _width(gauge: Gauge) -> int:
    return length(gauge) // SLICES


def _month(day: int) -> int:
    """Return the number of the month (12 a year) of a day since 1970: years are taken to begin in March, so that leap days come last."""
    era, of_era = divmod(day + _DAYS_TO_1970, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    march = (5 * of_year + 2) // 153
    return (era * 400 + year) * 12 + march + 2


def _first_day(month: int) -> int:
    """Return the day since 1970 on which a month begins: `_month`, turned back."""
    years, march = divmod(month - 2, 12)
    era, year = divmod(years, 400)
    return era * 146_097 + 365 * year + year // 4 - year // 100 + (153 * march + 2) // 5 - _DAYS_TO_1970
