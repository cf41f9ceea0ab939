"""Notices that a caller hangs up, and stops what is done for nobody."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

from redoubt.domain.errors import CallerGoneError
from redoubt.surfaces.gateway.asgi import Hangup, Receive

T = TypeVar("T")


class Caller:
    """The caller of one request, from the end of its body on; made in the task that serves it."""

    __slots__ = ("_hangup", "_interrupted", "_receive", "_task", "_waiting", "_watcher", "gone")

    def __init__(self, receive: Receive, hangup: Hangup | None = None) -> None:
        """``hangup`` where the server tells of it by a call; else ``receive`` is asked."""
        self._receive = receive
        self._hangup = hangup
        self._task = asyncio.current_task()
        self._waiting = False
        self._interrupted = False
        self._watcher: asyncio.Task[None] | None = None
        self.gone = False

    def watch(self) -> None:
        """Begin to watch; `dismiss` ends it."""
        if self._hangup is not None:
            self._hangup.callback = self._has_gone
        else:
            self._watcher = asyncio.get_running_loop().create_task(self._watch())

    def dismiss(self) -> None:
        """Stop watching."""
        if self._hangup is not None:
            self._hangup.callback = None
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def unless_gone(self, work: Awaitable[T]) -> T:
        """Wait for ``work``, which is cancelled when the caller hangs up; then raises CallerGoneError."""
        self._waiting = True
        try:
            if self.gone:
                if asyncio.iscoroutine(work):
                    work.close()
                raise CallerGoneError("the caller hung up")
            return await work
        except asyncio.CancelledError:
            if self._interrupted and self._task is not None:
                self._interrupted = False
                self._task.uncancel()
                raise CallerGoneError("the caller hung up") from None
            raise
        finally:
            self._waiting = False

    async def _watch(self) -> None:
        with suppress(asyncio.CancelledError):
            while (await self._receive())["type"] != "http.disconnect":
                pass
            self._has_gone()

    def _has_gone(self) -> None:
        self.gone = True
        if self._waiting and self._task is not None:
            self._interrupted = True
            self._task.cancel()
