"""Small servers that answer as they are told, well or badly, and a client pointed at them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import uvloop

from redoubt.adapters.http.bounds import Bounds
from redoubt.adapters.providers.upstream import HttpUpstream
from redoubt.domain.settings import UpstreamKind, UpstreamSettings
from redoubt.pipeline.upstream import UpstreamRequest

T = TypeVar("T")
Script = Callable[["Caller"], Awaitable[None]]
PATIENT = Bounds(read_timeout=5.0)
POST = UpstreamRequest("POST", "/v1/chat/completions", (("content-type", "application/json"),), b'{"a":1}')


def run(work: Coroutine[Any, Any, T], *, uv: bool = True) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if uv else asyncio.new_event_loop) as runner:
        return runner.run(asyncio.wait_for(work, 20))


class Caller:
    """One connection as the server sees it."""

    def __init__(self, server: "Server", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.number = server.connections

    async def request(self) -> bytes:
        """Read one request with a content-length; empty where the caller closed."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body = await self.reader.readexactly(length)
        self.server.requests.append(head + body)
        return head + body

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        self.writer.transport.abort()

    async def gone(self) -> None:
        """Return when the other side has closed."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass
        self.server.gone.set()


class Server:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.connections = 0
        self.requests: list[bytes] = []
        self.gone = asyncio.Event()
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(Caller(self, reader, writer)))
        self._tasks.add(task)

    async def _serve(self, caller: Caller) -> None:
        try:
            await self.script(caller)
        except ConnectionError:
            pass
        finally:
            caller.writer.close()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def serve(
    script: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    server = Server(script)
    listener = await asyncio.start_server(server.handle, host, 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        await server.stop()


@asynccontextmanager
async def pointed(
    script: Script,
    *,
    kind: UpstreamKind = UpstreamKind.OPENAI,
    path: str = "",
    bounds: Bounds = PATIENT,
) -> AsyncIterator[tuple[HttpUpstream, Server]]:
    """Yield a client and the server it points at."""
    async with serve(script) as server:
        settings = UpstreamSettings("far", kind, f"http://127.0.0.1:{server.port}{path}", "the-key")
        upstream = HttpUpstream(settings, bounds=bounds)
        try:
            yield upstream, server
        finally:
            await upstream.aclose()


def saying(*pieces: bytes, close: bool = False) -> Script:
    """A server that answers each request with ``pieces``."""

    async def script(caller: Caller) -> None:
        while await caller.request():
            for piece in pieces:
                await caller.say(piece)
                await asyncio.sleep(0)
            if close:
                return

    return script


async def whole(upstream: HttpUpstream, request: UpstreamRequest = POST) -> tuple[int, bytes]:
    reply = await upstream.send(request)
    return reply.status, b"".join([piece async for piece in reply.body()])
