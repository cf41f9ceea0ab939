"""One connection to a server: sends one request at a time, hands out the reply, pushes back both ways."""

import asyncio
from typing import cast

from redoubt.adapters.http.bounds import Bounds, BrokenReplyError
from redoubt.adapters.http.reply_parser import ReplyParser

_SLICE = 256 * 1024
"""Of a large request body handed to the transport at once."""


class Connection(asyncio.Protocol):
    """States: idle (no parser) -> `request` -> head here -> body read by `read` -> idle again, or closed."""

    __slots__ = (
        "_bounds",
        "_deadline",
        "_drained",
        "_failure",
        "_head",
        "_last_byte",
        "_listening",
        "_loop",
        "_parser",
        "_readable",
        "_sent",
        "_timer",
        "_transport",
        "closed",
        "idle_since",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, bounds: Bounds) -> None:
        self._loop = loop
        self._bounds = bounds
        self._transport: asyncio.Transport | None = None
        self._parser: ReplyParser | None = None
        self._head: asyncio.Future[None] | None = None
        self._readable: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._failure: BrokenReplyError | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._last_byte = 0.0
        self._deadline = 0.0
        self._listening = True
        self._sent = True
        self.closed = False
        self.idle_since = 0.0

    # What callers use.

    async def request(self, head: bytes, body: bytes, *, bodiless: bool) -> ReplyParser:
        """Send a request; return once the head of its reply is here.

        Raises BrokenReplyError; cancelling closes the connection.
        """
        transport = self._transport
        if transport is None or self.closed:
            raise BrokenReplyError("the connection was closed", untouched=True)
        parser = self._parser = ReplyParser(self._bounds, bodiless=bodiless)
        loop = self._loop
        self._last_byte = now = loop.time()
        self._deadline = now + self._bounds.total_timeout
        if self._timer is None:
            self._timer = loop.call_later(self._bounds.read_timeout, self._look_at_the_clock)
        self._head = loop.create_future()
        try:
            if len(body) <= _SLICE:
                transport.write(head + body)
            else:
                await self._send_slowly(transport, head, body)
            await self._head
        except BaseException:
            self.abort()
            raise
        finally:
            self._head = None
        return parser

    async def read(self) -> bytes:
        """Return what has arrived of the body, waiting for at least one byte; empty at its end.

        Raises BrokenReplyError.
        """
        parser = self._parser
        if parser is None:
            return b""
        while not parser.pieces:
            if parser.complete:
                return b""
            if self._failure is not None:
                raise self._failure
            self._readable = self._loop.create_future()
            try:
                await self._readable
            finally:
                self._readable = None
        data = parser.take()
        if not self._listening and self._transport is not None and not self.closed:
            self._listening = True
            self._last_byte = self._loop.time()
            self._transport.resume_reading()
        return data

    def finish(self) -> bool:
        """Let go of the reply; return True where the connection can carry another request, else close it."""
        parser, self._parser = self._parser, None
        if (
            self.closed
            or parser is None
            or not parser.complete
            or not parser.reusable
            or not self._sent
            or parser.pieces
        ):
            self.abort()
            return False
        self.idle_since = self._loop.time()
        return True

    def abort(self) -> None:
        """Close at once; what is waiting fails."""
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are of a type of their own

    def data_received(self, data: bytes) -> None:
        """Parse; wake who waits; stop listening while too much is unread."""
        parser = self._parser
        if parser is None:
            self.abort()  # nobody asked: whatever it is, it is not the reply to the next request
            return
        self._last_byte = self._loop.time()
        try:
            parser.feed(data)
        except BrokenReplyError as broken:
            self._fail(broken)
            return
        if self._head is not None and parser.head_done:
            _wake(self._head)
        if parser.buffered > self._bounds.high_water and not parser.complete and self._transport is not None:
            self._listening = False
            self._transport.pause_reading()
        _wake(self._readable)

    def eof_received(self) -> None:
        """Settle the reply: the server will send no more."""
        self._end()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Settle the reply: the connection is gone."""
        self._end()
        self.abort()

    def pause_writing(self) -> None:
        """Note that the server reads slowly."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Wake the sender: the server has read enough."""
        _wake(self._drained)
        self._drained = None

    # Inner workings.

    async def _send_slowly(self, transport: asyncio.Transport, head: bytes, body: bytes) -> None:
        """Send a large body as the server takes it; stop when it answers before it has read all."""
        self._sent = False
        transport.write(head)
        view = memoryview(body)
        waiting = self._head
        for start in range(0, len(body), _SLICE):
            drained = self._drained
            if drained is not None and waiting is not None:
                await asyncio.wait((drained, waiting), return_when=asyncio.FIRST_COMPLETED)
            if self.closed or waiting is None or waiting.done():
                return
            transport.write(view[start : start + _SLICE])
        self._sent = True

    def _end(self) -> None:
        self.closed = True
        if self._parser is None:
            return
        try:
            self._parser.eof()
        except BrokenReplyError as broken:
            self._fail(broken)
        else:
            _wake(self._readable)

    def _fail(self, broken: BrokenReplyError) -> None:
        if self._failure is None:
            self._failure = broken
        if self._head is not None and not self._head.done():
            self._head.set_exception(self._failure)
        _wake(self._readable)
        _wake(self._drained)
        self.abort()

    def _look_at_the_clock(self) -> None:
        """Time out what takes too long.

        One timer, re-armed for what is left: one per read would cost more than the read.
        """
        self._timer = None
        now = self._loop.time()
        due = self._last_byte + self._bounds.read_timeout
        if self._parser is None or self._parser.complete:
            return
        if not self._listening:
            due = now + self._bounds.read_timeout  # we are the slow one
        due = min(due, self._deadline)
        if now >= due:
            self._fail(BrokenReplyError("it did not answer in time", timed_out=True))
        else:
            self._timer = self._loop.call_later(due - now, self._look_at_the_clock)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
