"""Long work beside the event loop, so that one caller's long text does not keep all others waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
LONG = 32_768
"""Characters from which on a text is inspected in a thread; a shorter one takes less time than the loop may stand still."""
_THREADS = 4


class Workers:
    """Threads that only think; the stores wait in others."""

    __slots__ = ("_pool",)

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(
            _THREADS, thread_name_prefix="inspect"
        )  # starts none before it is asked

    async def run(self, characters: int, work: Callable[[], T]) -> T:
        """Return what ``work`` does, which has so many characters to look at; it must not raise StopIteration."""
        if characters < LONG:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Take no more work, and forget what was not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)
