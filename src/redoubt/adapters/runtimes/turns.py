"""Whose turn it is: so many run at once, the others wait in line, and nobody for longer than agreed."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from redoubt.domain.errors import ServiceError

MAX_WAITING = 1024
"""Callers in line; one more is refused at once."""


class Turns:
    """Hands out ``at_once`` turns, first come, first served. `threading.Semaphore` would let who has just had one take the next."""

    def __init__(
        self,
        at_once: int,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        what: str = "the guard models",
    ) -> None:
        """``timeout``: seconds from asking for a turn to the end of it. ``what`` runs, in words for messages."""
        self._what = what
        self._free = at_once
        self._timeout = timeout
        self._clock = clock
        self._lock = Lock()
        self._line: deque[Lock] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and take it. Raises ServiceError where it did not come, or was not over, in time."""
        asked = self._clock()
        self._take()
        try:
            yield
        finally:
            self._give()
        if self._clock() - asked > self._timeout:
            raise ServiceError(self._said("took longer than"))

    def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._line) >= MAX_WAITING:
                raise ServiceError(
                    f"{self._what}: asked by too many at once; give [models] more threads, or try later"
                )
            called = Lock()
            called.acquire()
            self._line.append(called)
        if called.acquire(timeout=self._timeout):
            return
        with self._lock:
            if called in self._line:
                self._line.remove(called)
                raise ServiceError(self._said("had no free thread within"))
        # The turn came in the very moment in which the wait was given up.

    def _give(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1

    def _said(self, how: str) -> str:
        return f"{self._what} {how} {self._timeout:g} s; raise their timeout, or models.threads"
