"""Syslog over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425).

Syslog has no receipt. Over UDP what is lost is lost. Over a stream a message is delivered when it was written; where the connection turns
out to be broken at the next batch, the one before it may have been lost on the way and is sent once more.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from redoubt.domain.errors import ConfigError
from redoubt.domain.telling import SinkSettings
from redoubt.services.telling.cef import event
from redoubt.services.telling.interface import Told, UndeliveredError
from redoubt.services.telling.severity import severity
from redoubt.services.telling.syslog import framed, message

PORTS = {"udp": 514, "tcp": 601, "tls": 6514}
"""Where the URL names none (RFC 5426, RFC 6587 by way of RFC 3195, RFC 5425)."""
LARGEST = 32 * 1024
"""Bytes of a datagram, far more than an event needs: none may be refused for its size and come again for ever."""
CONNECTING, WRITING = 10.0, 20.0
"""Seconds for a connection with its TLS handshake, and for a batch."""


def cef_message(host: str, version: str) -> Callable[[Told], bytes]:
    """Return what makes the syslog message with the CEF event of an entry."""

    def make(told: Told) -> bytes:
        return message(
            event(told, version),
            at=told.entry.at,
            level=severity(told.entry),
            host=host,
            process=str(os.getpid()),
            kind=told.entry.kind,
            index=told.index,
            version=version,
        )

    return make


class DatagramSink:
    """One message a datagram."""

    def __init__(self, host: str, port: int, make: Callable[[Told], bytes]) -> None:
        self._address, self._make = (host, port), make

    async def deliver(self, batch: Sequence[Told]) -> None:
        """See `Sink.deliver`; what the network loses is lost."""
        try:
            await asyncio.to_thread(self._send, batch)
        except OSError as error:
            raise UndeliveredError(f"no datagram can be sent ({type(error).__name__})") from None

    async def aclose(self) -> None:
        """See `Sink.aclose`; nothing is held open."""

    def _send(self, batch: Sequence[Told]) -> None:
        family, kind, protocol, _, where = socket.getaddrinfo(*self._address, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as sender:
            for told in batch:
                sender.sendto(self._make(told)[:LARGEST], where)


class StreamSink:
    """A connection that stays open."""

    def __init__(
        self, host: str, port: int, make: Callable[[Told], bytes], tls: ssl.SSLContext | None
    ) -> None:
        self._host, self._port, self._make, self._tls = host, port, make, tls
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._unsure = b""
        """The last batch that was written: nobody said that it arrived."""

    async def deliver(self, batch: Sequence[Told]) -> None:
        """See `Sink.deliver`."""
        data = await asyncio.to_thread(self._framed, batch)
        try:
            again = await self._connect()
            await self._write(self._unsure + data if again else data)
        except (OSError, TimeoutError, EOFError) as error:
            await self.aclose()
            raise UndeliveredError(f"no connection ({type(error).__name__})") from None
        self._unsure = data

    async def aclose(self) -> None:
        """See `Sink.aclose`."""
        line, self._line = self._line, None
        if line is not None:
            line[1].close()

    def _framed(self, batch: Sequence[Told]) -> bytes:
        return b"".join([framed(self._make(told)) for told in batch])

    async def _connect(self) -> bool:
        """See to it that there is a connection; return whether it is a new one."""
        if self._line is not None:
            await asyncio.sleep(0)  # lets the loop see that the other side hung up
            if not self._line[0].at_eof() and not self._line[1].is_closing():
                return False
            await self.aclose()
        async with asyncio.timeout(CONNECTING):
            self._line = await asyncio.open_connection(self._host, self._port, ssl=self._tls, limit=1024)
        return True

    async def _write(self, data: bytes) -> None:
        if self._line is None:
            raise ConnectionError
        async with asyncio.timeout(WRITING):
            self._line[1].write(data)
            await self._line[1].drain()


def syslog_sink(of: SinkSettings, version: str) -> DatagramSink | StreamSink:
    """Return the sink for a URL ``udp://``, ``tcp://`` or ``tls://``. Raises ConfigError."""
    url = urlsplit(of.url)
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    make = cef_message(socket.gethostname(), version)
    if url.scheme == "udp":
        return DatagramSink(host, port, make)
    return StreamSink(host, port, make, _tls(of) if url.scheme == "tls" else None)


def _tls(of: SinkSettings) -> ssl.SSLContext:
    """Certificates and host names are always verified."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if of.ca_file:
            context.load_verify_locations(cafile=of.ca_file)
        if of.cert_file:
            context.load_cert_chain(of.cert_file, of.key_file or None)
    except (OSError, ssl.SSLError):
        raise ConfigError(
            f"audit.sinks '{of.name}': ca_file, cert_file or key_file cannot be read as PEM"
        ) from None
    return context
