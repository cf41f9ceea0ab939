"""A value of the store that every request needs at once, held in memory and read again every second."""

from collections.abc import Callable
from concurrent.futures import Future
from math import inf
from threading import Thread
from typing import Generic, TypeVar

from redoubt.domain.errors import ServiceError

FRESH_SECONDS = 1.0
"""How old the value may be: so long a change may take to be seen; and the least time between two tries while the store is out."""
PATIENCE = 0.5
"""Seconds that one request, and with it the event loop, waits for the store; the next ones do not wait for the same answer again."""

T = TypeVar("T")


class Fresh(Generic[T]):
    """Holds the value. For one thread, the event loop's; the store is asked in another one."""

    def __init__(self, read: Callable[[T | None], T], grace: float = 0.0) -> None:
        """``read`` gets the value that there was and returns the one that there is; raises ServiceError.

        ``grace`` is how many seconds longer the last value holds where the store is out; 0: no longer than fresh.
        """
        self._read, self._grace = read, grace
        self._value: T | None = None
        self._at = self._tried_at = -inf
        self._under_way: Future[T] | None = None

    def get(self, now: float) -> T:
        """Return the value, which was read within the last second. Raises ServiceError where the store cannot answer in time."""
        if self._value is not None and now - FRESH_SECONDS < self._at <= now:
            return self._value
        failure = self._look(now)
        if self._value is not None and (
            failure is None or now - self._grace - FRESH_SECONDS < self._at <= now
        ):
            return self._value
        raise failure or ServiceError("the store does not answer")

    def forget(self) -> None:
        """Have the next request read the value, whenever that was done last: this process has just changed it."""
        self._at = self._tried_at = -inf
        self._under_way = None

    def _look(self, now: float) -> ServiceError | None:
        """Ask the store; return what went wrong."""
        wait = 0.0
        if self._under_way is None:
            if now - FRESH_SECONDS < self._tried_at <= now:
                return ServiceError("the store did not answer a moment ago; it is asked again in a second")
            self._tried_at, wait = now, PATIENCE
            self._under_way = self._ask()
        try:
            self._value = self._under_way.result(wait)
        except TimeoutError:
            return ServiceError("the store does not answer in time")
        except ServiceError as error:
            self._under_way = None
            return error
        self._at, self._under_way = self._tried_at, None
        self._tried_at = -inf
        return None

    def _ask(self) -> Future[T]:
        answer: Future[T] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._read(self._value))
            except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
                answer.set_exception(error)

        Thread(target=ask, name="redoubt-fresh", daemon=True).start()
        return answer
