"""A provider on a real socket that keeps every byte it was sent and answers like the practice model."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from redoubt.adapters.practice.upstream import PracticeUpstream
from redoubt.pipeline.upstream import UpstreamRequest
from tests.unit.adapters.providers.rogue import Caller

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
        head, _, body = sent.raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = tuple(
            (name.lower(), value.strip()) for name, _, value in (x.partition(":") for x in lines[1:])
        )
        request = UpstreamRequest(lines[0].split()[0], sent.target, fields, body)
        reply = await PracticeUpstream().send(request)
        data = b"".join([piece async for piece in reply.body()])
        if dict(reply.headers)["content-type"] != "text/event-stream":
            await caller.say(plain(data, reply.status))
            return
        await caller.say(EVENTS)
        for piece in self.cut(data):
            await caller.say(chunk(piece))
            await asyncio.sleep(0)
        await caller.say(LAST_CHUNK)
