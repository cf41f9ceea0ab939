"""uvicorn, told to be quiet, bounded and strict."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.settings import ServerSettings
from redoubt.surfaces.gateway.asgi import HANGUP, WHOLE_BODY, Hangup
from redoubt.surfaces.gateway.closing import Closing

MAX_HEAD_BYTES = 64 * 1024
"""Of a request's line and headers together, and again of its trailers."""
MAX_DISCARDED_BYTES = 256 * 1024 * 1024
"""Of a body that goes on although its request was refused."""
LAST_SECONDS = 5
"""For the entries of exchanges that were ended, and for their callers to read why; then they are cut off."""
_KEEP_ALIVE_SECONDS = 75
_BACKLOG = 2048


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol with what it lacks: a limit on a head's size, and on the time a head may take.

    Without them one caller that needs no key could fill the memory with headers, or hold connections for
    ever.
    """

    head_timeout = 30.0
    closing = Closing()

    def connection_made(self, transport: Any) -> None:
        """Give the caller so long for the first head."""
        super().connection_made(transport)
        self._head_size = self._fields = self._discarded = 0
        self._in_head = True
        self._hangup = Hangup()
        self._head_timer: asyncio.TimerHandle | None = self.loop.call_later(self.head_timeout, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer; tell whoever works for this caller."""
        self._stop_timer()
        super().connection_lost(exc)
        self._hangup.tell()

    def data_received(self, data: bytes) -> None:
        """Parse; end a head that is too large."""
        super().data_received(data)
        if not self._in_head:
            return
        self._head_size += len(data)
        if self._head_size > MAX_HEAD_BYTES:
            self._refuse("Request header fields too large.")
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_timeout, self._too_slow)

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self.scope[HANGUP] = self._hangup  # type: ignore[literal-required]
        self._in_head = True
        self._head_size = self._fields = self._discarded = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, as uvicorn does; drop those of trailers, which nothing here reads."""
        if self._in_head:
            self._fields += len(name) + len(value) + 4
            if self._fields > MAX_HEAD_BYTES:
                raise ValueError("request header fields too large")
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Take the head as whole."""
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()
        if self.closing.draining:
            self.cycle.keep_alive = False  # the next request is to find another gateway

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body on; do not listen for ever to one whose request was answered already."""
        if self.cycle.response_complete:
            self._discarded += len(body)
            if self._discarded > MAX_DISCARDED_BYTES:
                self.transport.abort()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Tell the app, which runs later, that it need not wait for the body."""
        self.scope[WHOLE_BODY] = True  # type: ignore[literal-required]
        super().on_message_complete()

    def _too_slow(self) -> None:
        self._head_timer = None
        if self._in_head and not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, message: str) -> None:
        if not self.transport.is_closing():
            self.send_400_response(message)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class GatewayServer(uvicorn.Server):
    """A server that tells when it listens, and where."""

    def __init__(self, config: uvicorn.Config, settings: ServerSettings, closing: Closing) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._settings = settings
        self._closing = closing
        self._hurried = asyncio.Event()

    def stop(self) -> None:
        """Begin to stop; called again, do not wait any longer for what is under way. To be called in the event loop."""
        if self.should_exit:
            self._hurried.set()
            self._closing.end()
        self._closing.drain()
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process (`redoubt.surfaces.gateway.signals`): uvicorn would die of them before the log is closed."""
        yield

    async def shutdown(self, sockets: Any = None) -> None:
        """Drain, stop listening, let what is under way finish for a while, then end it."""
        self._closing.drain()
        try:
            async with asyncio.timeout(self._settings.drain_seconds):
                await self._hurried.wait()
        except TimeoutError:
            pass
        loop = asyncio.get_running_loop()
        patience = loop.call_later(self._settings.shutdown_seconds, self._closing.end)
        try:
            await super().shutdown(sockets)
        finally:
            patience.cancel()

    async def startup(self, sockets: Any = None) -> None:
        """Open the sockets. Raises ServiceError where that is not possible."""
        try:
            await super().startup(sockets)
        except SystemExit:
            where = f"{self.config.host}:{self.config.port}"
            raise ServiceError(f"cannot listen on {where}; is the port taken? set server.port") from None
        if self.started:
            self.listening.set()

    @property
    def port(self) -> int:
        """The port it listens on; it differs from the setting where that is 0."""
        for server in self.servers:
            for listener in server.sockets:
                return int(listener.getsockname()[1])
        return self.config.port


def server_for(app: Any, settings: ServerSettings, closing: Closing | None = None) -> GatewayServer:
    """Return a server for the ASGI app; run it with `await server.serve()`, end it with `server.stop()`.

    ``closing`` is told when it stops. Raises ConfigError for a certificate that cannot be used.
    """
    ends = closing or Closing()
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise ConfigError("server.tls_cert and server.tls_key must be set together")

    class Protocol(BoundedHttp):
        head_timeout = settings.request_timeout
        closing = ends

    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",  # a warning for each malformed request would let strangers fill the disk
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=settings.max_connections,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=ceil(settings.shutdown_seconds) + LAST_SECONDS,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError):
        raise ConfigError(
            f"server.tls_cert ({settings.tls_cert}) and server.tls_key ({settings.tls_key}) cannot be used as a "
            "PEM certificate and its key"
        ) from None
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    return GatewayServer(config, settings, ends)
