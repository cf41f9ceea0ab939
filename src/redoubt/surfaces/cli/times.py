"""Times as people write and read them."""

import time
from datetime import UTC, datetime
from typing import Any

import click

_UNITS = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_LONGEST = 100 * 366 * 86_400.0


class _Lifetime(click.ParamType):  # type: ignore[type-arg]  # it takes no argument before click 8.4
    """``90m``, ``12h``, ``30d``, ``8w``: seconds."""

    name = "lifetime"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See `click.ParamType.convert`."""
        number, unit = str(value)[:-1], str(value)[-1:]
        if not (number.isascii() and number.isdigit()) or unit not in _UNITS or len(number) > 9:
            self.fail("write a number and one of m, h, d, w: 90m, 12h, 30d, 8w", param, ctx)
        seconds = int(number) * _UNITS[unit]
        if not 0 < seconds <= _LONGEST:
            self.fail("must be more than nothing and at most a hundred years", param, ctx)
        return seconds


LIFETIME = _Lifetime()


class _When(click.ParamType):  # type: ignore[type-arg]
    """``2h`` ago, ``2026-11-01`` or ``2026-11-01T09:30`` in UTC: seconds since the epoch."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See `click.ParamType.convert`."""
        if isinstance(value, float):
            return value
        if str(value)[-1:] in _UNITS and str(value)[:-1].isdigit():
            return time.time() - LIFETIME.convert(value, param, ctx)
        try:
            said = datetime.fromisoformat(str(value))
            return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            self.fail(
                "write how long ago (90m, 2h, 30d) or a date in UTC (2026-11-01, 2026-11-01T09:30)",
                param,
                ctx,
            )


WHEN = _When()


def moment(at: float | None) -> str:
    """Return a time in UTC, to the second; ``-`` where there is none.

    >>> moment(0.0), moment(None)
    ('1970-01-01 00:00:00', '-')
    """
    if at is None:
        return "-"
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return "-"
