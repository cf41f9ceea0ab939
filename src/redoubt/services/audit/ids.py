"""The id of an exchange, by which caller, log and incident report speak of the same thing."""

from collections.abc import Callable

RANDOM_BYTES = 10


def exchange_id(at: float, random: bytes) -> str:
    """Return ``ex_``, 48 bits of the time ``at`` in milliseconds, and `RANDOM_BYTES` random ones: the layout of a ULID, in hexadecimal.

    Ids that begin with the time keep the audit log's index in the order of its growth, which makes appending cheap.
    """
    return f"ex_{int(at * 1000):012x}{random.hex()}"


class Uids:
    """Makes the ids of appends: 16 bytes, 48 bits of the time in milliseconds and 80 random ones; within a process each is above the last.

    A clock that is set back makes them no smaller, so that they stay in the order in which they were made.
    """

    def __init__(self, random: Callable[[int], bytes], clock: Callable[[], float]) -> None:
        """``clock`` tells the seconds since the epoch."""
        self._random, self._clock = random, clock
        self._last = 0

    def __call__(self) -> bytes:
        """Return the next one."""
        drawn = int.from_bytes(self._random(RANDOM_BYTES)) >> 1  # the bit that is free lets it be counted up
        self._last = max(self._last + 1, (int(self._clock() * 1000) << 8 * RANDOM_BYTES) + drawn)
        return self._last.to_bytes(16)
