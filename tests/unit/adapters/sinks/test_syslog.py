import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509

from redoubt.adapters.sinks.syslog import DatagramSink, StreamSink, syslog_sink
from redoubt.domain.errors import ConfigError
from redoubt.domain.telling import SinkKind, SinkSettings
from redoubt.services.telling.interface import UndeliveredError
from tests.rogue import Caller, run, serve
from tests.tls import certificate
from tests.told import entry, read_cef, read_frames, read_syslog, told


def sink_for(url: str, **more: str) -> DatagramSink | StreamSink:
    return syslog_sink(SinkSettings("siem", SinkKind.CEF, url=url, **more), "1.0")  # type: ignore[arg-type]


def indices(messages: list[bytes]) -> list[int]:
    return [int(read_cef(read_syslog(each).text)[1]["cn1"]) for each in messages]


class Listener:
    """A syslog server that keeps what it hears, and hangs up after so many bytes."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.hang_up = asyncio.Event()

    async def __call__(self, caller: Caller) -> None:
        self.heard.append(b"")
        place = len(self.heard) - 1
        while not self.hang_up.is_set():
            reading = asyncio.ensure_future(caller.reader.read(65536))
            waiting = asyncio.ensure_future(self.hang_up.wait())
            await asyncio.wait((reading, waiting), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if not reading.done():
                reading.cancel()
                return
            data = reading.result()
            if not data:
                return
            self.heard[place] += data

    async def hears(self, count: int) -> list[int]:
        async with asyncio.timeout(10):
            while True:
                whole = b"".join(self.heard)
                try:
                    found = indices(read_frames(whole))
                except (AssertionError, ValueError):
                    found = []
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.01)


def test_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        sink = sink_for(f"udp://127.0.0.1:{server.getsockname()[1]}")
        run(sink.deliver([told(index=1), told(entry(model="a\nb"), 2)]))
        assert indices([server.recv(65536), server.recv(65536)]) == [1, 2]


def test_no_datagram_is_too_large_to_be_sent() -> None:
    everything = "=" * 5000
    huge = entry(
        **dict.fromkeys(
            ("model", "app", "principal", "subject", "tenant", "api", "note", "upstream", "policy"),
            everything,
        )
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        run(sink_for(f"udp://127.0.0.1:{server.getsockname()[1]}").deliver([told(huge)]))
        assert read_syslog(server.recv(65536)).text.startswith("CEF:0|")


def test_tcp_counts_octets_and_keeps_its_connection() -> None:
    async def scenario() -> None:
        listener = Listener()
        async with serve(listener) as server:
            sink = sink_for(f"tcp://127.0.0.1:{server.port}")
            await sink.deliver([told(index=1), told(entry(model="ä\n<13>1 x"), 2)])
            await sink.deliver([told(index=3)])
            assert await listener.hears(3) == [1, 2, 3]
            assert server.connections == 1
            await sink.aclose()

    run(scenario())


def test_what_may_have_been_lost_with_a_connection_is_said_once_more() -> None:
    async def scenario() -> None:
        listener = Listener()
        async with serve(listener) as server:
            sink = sink_for(f"tcp://127.0.0.1:{server.port}")
            await sink.deliver([told(index=1)])
            await listener.hears(1)
            listener.hang_up.set()
            await asyncio.sleep(0.1)
            listener.hang_up.clear()
            await sink.deliver([told(index=2)])
            assert await listener.hears(3) == [1, 1, 2]
            await sink.aclose()

    run(scenario())


def test_nobody_there() -> None:
    async def scenario() -> None:
        async with serve(Listener()) as server:
            port = server.port
        with pytest.raises(UndeliveredError, match="no connection"):
            await sink_for(f"tcp://127.0.0.1:{port}").deliver([told()])
        with pytest.raises(UndeliveredError):
            await sink_for("udp://nobody.invalid").deliver([told()])

    run(scenario())


@asynccontextmanager
async def tls_server(folder: Path, host: str) -> AsyncIterator[tuple[Listener, int, Path]]:
    cert_file, context, _ = certificate(folder, [x509.DNSName(host)])
    listener = Listener()
    async with serve(listener, context) as server:
        yield listener, server.port, cert_file


def test_tls(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with tls_server(tmp_path, "localhost") as (listener, port, ca):
            sink = sink_for(f"tls://localhost:{port}", ca_file=str(ca))
            await sink.deliver([told(index=1)])
            assert await listener.hears(1) == [1]
            await sink.aclose()

    run(scenario())


@pytest.mark.parametrize("trusted", [False, True])
def test_a_certificate_of_somebody_else_is_refused(tmp_path: Path, trusted: bool) -> None:
    """It is not trusted, or for another host."""

    async def scenario() -> None:
        async with tls_server(tmp_path, "other.example" if trusted else "localhost") as (listener, port, ca):
            sink = sink_for(f"tls://localhost:{port}", ca_file=str(ca) if trusted else "")
            with pytest.raises(UndeliveredError, match="SSLCertVerificationError"):
                await sink.deliver([told()])
            assert not any(listener.heard)

    run(scenario())


def test_files_that_are_no_certificates_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigError, match="cannot be read as PEM"):
        sink_for("tls://localhost", ca_file=str(tmp_path / "ca.pem"))
