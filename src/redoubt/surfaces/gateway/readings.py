"""That the log was read is an event, once for each thing that is looked for, not once for each page of it."""

from collections.abc import Callable

PAUSE = 600.0
"""Seconds in which the same person's looking for the same is one event."""
REMEMBERED = 10_000


class Readings:
    """What is on record already, as far as this process knows: one that knows less records more."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, bytes], float] = {}

    def is_new(self, who: str, what: bytes, clock: Callable[[], float]) -> bool:
        """Tell whether it must be put on record that ``who`` looks for ``what``."""
        at = self._seen.get((who, what))
        now = clock()
        return at is None or not 0 <= now - at < PAUSE

    def note(self, who: str, what: bytes, clock: Callable[[], float]) -> None:
        """Take note that it is on record now."""
        self._seen.pop((who, what), None)
        if len(self._seen) >= REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[who, what] = clock()
