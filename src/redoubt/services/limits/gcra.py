"""Request limits in memory: the generic cell rate algorithm, one number per key and limit.

GCRA (ITU-T I.371, the virtual scheduling form) lets a burst of the whole amount through and then admits at the steady rate. Taking is one
step of one thread between two awaits, so it is exact under concurrency within a process.
"""

from collections.abc import Callable

from redoubt.domain.errors import LimitError
from redoubt.domain.principal import Principal

PERIODS = {"second": 1.0, "minute": 60.0}
"""Seconds in each period that a limit may name."""
MAX_TRACKED = 100_000
"""Beyond so many keys those are forgotten that have regained their whole burst; if all are busy, the oldest."""


class MemoryLimits:
    """Implements `Limits` for one process."""

    __slots__ = ("_arrivals", "_clock", "_default")

    def __init__(self, clock: Callable[[], float], default: tuple[tuple[str, int], ...]) -> None:
        self._clock = clock
        self._default = default
        self._arrivals: dict[tuple[str, str], float] = {}

    def take(self, principal: Principal) -> None:
        """Take one request from every limit or from none; see `Limits.take`. ``clock`` must be monotonic."""
        now = self._clock()
        granted: list[tuple[tuple[str, str], float]] = []
        for period, amount in principal.limits or self._default:
            if amount <= 0:
                continue
            seconds = PERIODS[period]
            key = (principal.id, period)
            arrival = max(self._arrivals.get(key, 0.0), now)
            early = arrival - now - seconds * (amount - 1) / amount
            if early > 1e-9:
                raise LimitError(
                    f"more than {amount} requests per {period} for this key; wait {early:.3g} s",
                    retry_after=early,
                )
            granted.append((key, arrival + seconds / amount))
        self._arrivals.update(granted)
        if len(self._arrivals) > MAX_TRACKED:
            self._forget(now)

    def _forget(self, now: float) -> None:
        self._arrivals = {key: at for key, at in self._arrivals.items() if at > now}
        while len(self._arrivals) > MAX_TRACKED:
            del self._arrivals[next(iter(self._arrivals))]
