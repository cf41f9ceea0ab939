"""A provider on a real socket that keeps every byte it was sent and answers like the practice model."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from threading import Event

from redoubt.adapters.practice.upstream import PracticeUpstream
from redoubt.pipeline.upstream import UpstreamRequest
from tests.rogue import Caller

Cut = Callable[[bytes], Iterator[bytes]]
Act = Callable[[Caller, bytes], Awaitable[None]]
HEAD = b"HTTP/1.1 %d X\r\ncontent-type: %s\r\n"
EVENTS = HEAD % (200, b"text/event-stream") + b"transfer-encoding: chunked\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


def every(size: int) -> Cut:
    """Cut a stream into pieces of ``size`` bytes, wherever that falls."""

    def cut(data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    return cut


def by_event(data: bytes) -> Iterator[bytes]:
    """Cut a stream between its events."""
    for event in data.split(b"\n\n"):
        if event:
            yield event + b"\n\n"


def at_random(data: bytes) -> Iterator[bytes]:
    """Cut a stream anywhere; the same stream is always cut in the same places."""
    draw = random.Random(len(data))  # noqa: S311 - places to cut at
    start = 0
    while start < len(data):
        size = draw.choice((1, 2, 3, 11, 64, 300))
        yield data[start : start + size]
        start += size


CUTS: dict[str, Cut] = {"1": every(1), "7": every(7), "events": by_event, "random": at_random}


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def plain(body: bytes, status: int = 200, media_type: bytes = b"application/json") -> bytes:
    """An answer in one piece."""
    return HEAD % (status, media_type) + b"content-length: %d\r\n\r\n" % len(body) + body


def saying(data: bytes, *, close: bool = False) -> Act:
    """Answer with ``data``, then hang up where ``close`` says so."""

    async def act(caller: Caller, message: bytes) -> None:
        await caller.say(data)
        if close:
            caller.writer.close()

    return act


@dataclass(frozen=True)
class Sent:
    """One request as it came."""

    raw: bytes

    @property
    def target(self) -> str:
        return self.raw.split(b" ", 2)[1].decode()

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]


class Provider:
    """What the server does with each connection (`rogue.Script`)."""

    def __init__(self) -> None:
        self.seen: list[Sent] = []
        self.acts: deque[Act] = deque()
        """What is done with the next requests, one each; without one, the practice model answers."""
        self.cut: Cut = by_event

    def forget(self) -> None:
        self.seen.clear()
        self.acts.clear()
        self.cut = by_event

    @property
    def everything(self) -> bytes:
        """All that was ever sent."""
        return b"\n".join(sent.raw for sent in self.seen)

    async def __call__(self, caller: Caller) -> None:
        while raw := await caller.request():
            sent = Sent(raw)
            self.seen.append(sent)
            if self.acts:
                await self.acts.popleft()(caller, raw)
            else:
                await self._practise(caller, sent)

    async def _practise(self, caller: Caller, sent: Sent) -> None:
        status, media_type, data = await practised(sent)
        if media_type != "text/event-stream":
            await caller.say(plain(data, status))
            return
        await caller.say(EVENTS)
        for piece in self.cut(data):
            await caller.say(chunk(piece))
            await asyncio.sleep(0)
        await caller.say(LAST_CHUNK)


async def practised(sent: Sent) -> tuple[int, str, bytes]:
    """What the practice model answers: status, media type, body."""
    head, _, body = sent.raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = tuple((name.lower(), value.strip()) for name, _, value in (x.partition(":") for x in lines[1:]))
    reply = await PracticeUpstream().send(UpstreamRequest(lines[0].split()[0], sent.target, fields, body))
    return (
        reply.status,
        dict(reply.headers)["content-type"],
        b"".join([piece async for piece in reply.body()]),
    )


async def half(caller: Caller, message: bytes) -> None:
    """Stream half of what the practice model says, and hang up."""
    _, _, data = await practised(Sent(message))
    await caller.say(EVENTS + chunk(data[: len(data) // 2]))
    caller.writer.close()


async def hang_up(caller: Caller, message: bytes) -> None:
    """Answer nothing at all."""
    caller.reset()


class Endless:
    """A stream that does not end by itself; it keeps note of how it ended."""

    def __init__(self, event: bytes, limit: int = 64 * 1024 * 1024) -> None:
        self._piece = chunk(event)
        self._limit = limit
        self.said = 0
        self.hung_up = Event()
        """The gateway closed the connection."""
        self.pushed_back = Event()
        """The gateway stopped reading."""

    async def __call__(self, caller: Caller, message: bytes) -> None:
        try:
            await caller.say(EVENTS)
            while self.said < self._limit:
                try:
                    await asyncio.wait_for(caller.say(self._piece), 1.0)
                except TimeoutError:
                    self.pushed_back.set()
                    continue
                self.said += len(self._piece)
                await asyncio.sleep(0)
        except (ConnectionError, RuntimeError):  # uvloop's word for writing to a closed transport
            self.hung_up.set()
