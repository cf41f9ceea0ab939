from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.limits import Period
from redoubt.services.limits.calendar import begins, part
from redoubt.services.limits.counters import Gauge, Manner

MONTH = Gauge(Manner.CALENDAR, 1, Period.MONTH)
DAY = Gauge(Manner.CALENDAR, 1, Period.DAY)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2400, 1, 1)))  # noqa: DTZ001 - made UTC below
def test_months_are_the_calendars(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    now = int(moment.timestamp() * 1000)
    number = part(MONTH, now)
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    assert begins(MONTH, number) == int(first.timestamp()) * 1000
    assert begins(MONTH, number + 1) == int(following.timestamp()) * 1000


def test_days_begin_at_midnight_utc() -> None:
    now = int(datetime(2026, 2, 28, 23, 59, 59, 999_000, UTC).timestamp() * 1000)
    assert part(DAY, now + 1) == part(DAY, now) + 1
    assert begins(DAY, part(DAY, now) + 1) == now + 1
