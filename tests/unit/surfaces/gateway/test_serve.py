import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.settings import ServerSettings, Settings
from redoubt.surfaces.gateway.asgi import Receive, Scope, Send
from redoubt.surfaces.gateway.serve import GatewayServer, server_for
from tests.rogue import run, saying
from tests.tls import LOCAL, certificate
from tests.unit.surfaces.gateway.rig import Answer, rig

GET = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": ((b"content-length", b"2"),)})
    await send({"type": "http.response.body", "body": b"hi"})


async def served(server: GatewayServer, client: Any) -> Any:
    task = asyncio.ensure_future(server.serve())
    await server.listening.wait()
    try:
        return await client(server.port)
    finally:
        server.should_exit = True
        await task


@pytest.mark.parametrize(
    "head",
    [
        GET + b"x: " + b"y" * 70_000 + b"\r\n\r\n",
        GET + b"x: y\r\n" * 20_000 + b"\r\n",
        GET + b"x: " + b"y" * 70_000,
        b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01 not http",
        b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    ],
)
def test_a_head_that_is_too_large_or_no_head_is_refused(head: bytes) -> None:
    async def work() -> Answer:
        async with rig(saying(b"")) as r:
            answer = await r.send(head)
            assert (await r.call("/healthz")).status == 200
            return answer

    assert run(work()).status == 400


def test_a_connection_that_says_nothing_is_closed() -> None:
    async def work() -> tuple[bytes, bytes]:
        async with rig(saying(b""), settings=Settings(server=ServerSettings(request_timeout=0.1))) as r:
            silent, writer = await r.connect()
            slow, other = await r.connect()
            other.write(b"GET /heal")
            ends = await silent.read(), await slow.read()
            writer.close()
            other.close()
            return ends

    assert run(work()) == (b"", b"")


def test_a_kept_connection_serves_again_after_a_pause() -> None:
    async def work() -> list[bytes]:
        async with rig(saying(b""), settings=Settings(server=ServerSettings(request_timeout=0.1))) as r:
            reader, writer = await r.connect()
            lines = []
            for _ in range(2):
                writer.write(GET + b"\r\n")
                lines.append((await reader.readuntil(b"\r\n\r\n"))[:15])
                await reader.readexactly(15)
                await asyncio.sleep(0.15)
            writer.close()
            return lines

    assert run(work()) == [b"HTTP/1.1 200 OK"] * 2


def test_tls_1_3_alone(tmp_path: Path) -> None:
    cert, _, _ = certificate(tmp_path, LOCAL)
    settings = ServerSettings(port=0, tls_cert=str(cert), tls_key=str(tmp_path / "key.pem"))
    trusting = ssl.create_default_context(cafile=str(cert))
    old = ssl.create_default_context(cafile=str(cert))
    old.maximum_version = ssl.TLSVersion.TLSv1_2

    async def client(port: int) -> bytes:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port, ssl=old)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        writer.write(GET + b"connection: close\r\n\r\n")
        data = await reader.read()
        writer.close()
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
        return data

    assert run(served(server_for(hello, settings), client)).endswith(b"hi")


@pytest.mark.parametrize(("cert", "key"), [("a.pem", ""), ("", "a.pem"), ("none.pem", "none.pem")])
def test_a_certificate_that_cannot_be_used_is_an_error_at_start(cert: str, key: str) -> None:
    with pytest.raises(ConfigError, match=r"server\.tls_cert"):
        server_for(hello, ServerSettings(tls_cert=cert, tls_key=key))


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = server_for(hello, ServerSettings(port=taken.getsockname()[1]))
        with pytest.raises(ServiceError, match=r"server\.port"):
            run(server.serve())


def test_nothing_tells_what_serves() -> None:
    async def client(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"connection: close\r\n\r\n")
        data = await reader.read()
        writer.close()
        return data

    data = run(served(server_for(hello, ServerSettings(port=0)), client))
    assert b"server:" not in data.lower()
