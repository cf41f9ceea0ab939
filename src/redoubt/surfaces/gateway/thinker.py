"""Where one exchange is inspected, in the event loop or beside it, and how long that may take."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeVar

from redoubt.domain.errors import OverdueError
from redoubt.domain.exchange import Segment
from redoubt.surfaces.gateway.workers import Workers

T = TypeVar("T")
LONG = 32_768
"""Characters from which on a text is inspected beside the loop by quick detectors too: less takes no longer than others may wait."""

_LOOKED_UP = 4 * LONG
"""Characters up to which texts are looked up in the loop; to change and record more than that takes its time, remembered or not."""


class Thinker:
    """The inspection of one exchange. It does one thing at a time."""

    __slots__ = ("_begun", "_clock", "_seconds", "_workers", "heavy")

    def __init__(
        self, workers: Workers, *, heavy: bool, seconds: float, clock: Callable[[], float] = perf_counter
    ) -> None:
        """``heavy`` where detectors are slow; ``seconds`` is how long one piece of work may take, waiting for a thread left out."""
        self._workers = workers
        self._seconds = seconds
        self._clock = clock
        self._begun = 0.0
        self.heavy = heavy
        """Whether every inspection belongs beside the loop."""

    def unread(self, segments: Sequence[Segment], remembers: Callable[[Segment], bool]) -> int:
        """Return how many characters of a prompt are to be inspected: what a chat client sends again, and is remembered, is not."""
        characters = sum(len(segment.text) for segment in segments)
        if characters < (1 if self.heavy else LONG) or characters > _LOOKED_UP:
            return characters
        return sum(len(segment.text) for segment in segments if not remembers(segment))

    async def think(self, characters: int, work: Callable[[], T]) -> T:
        """Return what ``work`` does, which has so many characters to inspect: beside the loop where that takes long."""
        if characters >= LONG or (self.heavy and characters):
            return await self.beside(work)
        return self.here(work)

    async def beside(self, work: Callable[[], T]) -> T:
        """Return what ``work`` does in a thread; it must not raise StopIteration."""
        return await self._workers.run(lambda: self.here(work))

    def here(self, work: Callable[[], T]) -> T:
        """Return what ``work`` does."""
        self._begun = self._clock()
        return work()

    def check(self) -> None:
        """To be called from within the work, now and then; raises OverdueError where it has had its time."""
        if self._clock() - self._begun > self._seconds:
            raise OverdueError(
                f"a text of this exchange was inspected for longer than the {self._seconds:g} seconds of "
                "server.inspection_timeout; send less text, or set it higher"
            )
