"""Notices that a caller hangs up, and stops what is done for nobody."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

from redoubt.domain.errors import CallerGoneError, ClosingError
from redoubt.surfaces.gateway.asgi import Hangup, Receive
from redoubt.surfaces.gateway.closing import Closing

T = TypeVar("T")


class Caller:
    """The caller of one request, from the end of its body on; made in the task that serves it."""

    __slots__ = (
        "_closing",
        "_hangup",
        "_interrupted",
        "_receive",
        "_task",
        "_waiting",
        "_watcher",
        "gone",
        "sent_away",
    )

    def __init__(
        self, receive: Receive, hangup: Hangup | None = None, closing: Closing | None = None
    ) -> None:
        """``hangup`` where the server tells of it by a call; else ``receive`` is asked. ``closing`` tells of the gateway's end."""
        self._receive = receive
        self._hangup = hangup
        self._closing = closing
        self._task = asyncio.current_task()
        self._waiting = False
        self._interrupted = False
        self._watcher: asyncio.Task[None] | None = None
        self.gone = False
        """The caller hung up."""
        self.sent_away = False
        """The gateway stops, and its patience with this caller is at its end."""

    def watch(self) -> None:
        """Begin to watch; `dismiss` ends it."""
        if self._closing is not None:
            self._closing.watch(self._must_go)
        if self._hangup is not None:
            self._hangup.callback = self._has_gone
        else:
            self._watcher = asyncio.get_running_loop().create_task(self._watch())

    def dismiss(self) -> None:
        """Stop watching."""
        if self._closing is not None:
            self._closing.forget(self._must_go)
        if self._hangup is not None:
            self._hangup.callback = None
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def unless_gone(self, work: Awaitable[T]) -> T:
        """Wait for ``work``, which is cancelled when there is nobody to work for any more.

        Raises CallerGoneError where the caller hung up, ClosingError where the gateway stops.
        """
        self._waiting = True
        try:
            if self.gone or self.sent_away:
                if asyncio.iscoroutine(work):
                    work.close()
                self.check()
            return await work
        except asyncio.CancelledError:
            if self._interrupted and self._task is not None:
                self._interrupted = False
                self._task.uncancel()
                self.check()
            raise
        finally:
            self._waiting = False

    def check(self) -> None:
        """Raise CallerGoneError or ClosingError where there is nobody to work for any more."""
        if self.gone:
            raise CallerGoneError("the caller hung up") from None
        if self.sent_away:
            raise ClosingError("the gateway is being stopped; ask again") from None

    async def _watch(self) -> None:
        with suppress(asyncio.CancelledError):
            while (await self._receive())["type"] != "http.disconnect":
                pass
            self._has_gone()

    def _has_gone(self) -> None:
        self.gone = True
        self._interrupt()

    def _must_go(self) -> None:
        self.sent_away = True
        self._interrupt()

    def _interrupt(self) -> None:
        if self._waiting and not self._interrupted and self._task is not None:
            self._interrupted = True
            self._task.cancel()
