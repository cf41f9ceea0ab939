"""Long work beside the event loop, so that one caller's long text does not keep all others waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Workers:
    """Threads that only think; the stores wait in others. Work is begun in the order in which it came."""

    __slots__ = ("_pool",)

    def __init__(self, threads: int = 4) -> None:
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix="inspect"
        )  # starts none before it is asked

    async def run(self, work: Callable[[], T]) -> T:
        """Return what ``work`` does in a thread; it must not raise StopIteration."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Take no more work, and forget what was not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)
