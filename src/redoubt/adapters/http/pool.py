"""The connections to one server: the one used last is used next, the unused are closed in time."""

import asyncio
import ssl
from collections import deque

from redoubt.adapters.http.bounds import Bounds, BrokenReplyError
from redoubt.adapters.http.connection import Connection


class Pool:
    """Opens, keeps and closes connections. Its event loop is the one it is first used in."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, bounds: Bounds) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._bounds = bounds
        self._idle: deque[Connection] = deque()
        self._busy: set[Connection] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    def take_idle(self) -> Connection | None:
        """Return a kept connection that is still open, or None."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if connection.closed:
                continue
            if asyncio.get_running_loop().time() - connection.idle_since > self._bounds.idle_timeout:
                connection.abort()
                continue
            self._busy.add(connection)
            return connection
        return None

    async def open(self) -> Connection:
        """Connect anew. Raises BrokenReplyError that says why it did not work."""
        if self._closed:
            raise BrokenReplyError("the gateway is shutting down")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._bounds.connect_timeout):
                _, connection = await loop.create_connection(
                    lambda: Connection(loop, self._bounds),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls is not None else None,
                )
        except TimeoutError:
            raise BrokenReplyError("no connection could be made in time", timed_out=True) from None
        except ssl.SSLCertVerificationError as error:
            why = error.verify_message or "verification failed"
            raise BrokenReplyError(f"its TLS certificate is not trusted ({why})") from None
        except ssl.SSLError:
            raise BrokenReplyError("the TLS handshake failed") from None
        except (OSError, UnicodeError) as error:
            raise BrokenReplyError(f"no connection could be made ({_reason(error)})") from None
        self._busy.add(connection)
        return connection

    def give_back(self, connection: Connection) -> None:
        """Take ``connection`` back after its reply; it is kept where it can carry another request."""
        self._busy.discard(connection)
        if not connection.finish():
            return
        if self._closed or len(self._idle) >= self._bounds.max_idle:
            connection.abort()
            return
        self._idle.append(connection)
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(self._bounds.idle_timeout, self._sweep)

    def close(self) -> None:
        """Close every connection; calls under way fail."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for connection in (*self._idle, *self._busy):
            connection.abort()
        self._idle.clear()
        self._busy.clear()

    def _sweep(self) -> None:
        self._sweeper = None
        loop = asyncio.get_running_loop()
        oldest = loop.time() - self._bounds.idle_timeout
        while self._idle and (self._idle[0].closed or self._idle[0].idle_since <= oldest):
            self._idle.popleft().abort()
        if self._idle:
            wait = max(0.1, self._idle[0].idle_since - oldest)
            self._sweeper = loop.call_later(wait, self._sweep)


def _reason(error: Exception) -> str:
    """Say what the operating system said, without the addresses that its message may hold."""
    if isinstance(error, UnicodeError):
        return "its name is not a valid host name"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    strerror = getattr(error, "strerror", None)
    return str(strerror).lower() if strerror else "network error"
