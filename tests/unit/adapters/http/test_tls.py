import ssl
from pathlib import Path

import pytest
from cryptography import x509

from redoubt.adapters.http.address import parse_url
from redoubt.adapters.http.bounds import BrokenReplyError
from redoubt.adapters.http.client import Client, trusting
from redoubt.domain.errors import ConfigError, UpstreamError
from tests.rogue import PATIENT, Caller, run, saying, serve
from tests.tls import LOCAL, certificate

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"


def failed(broken: BrokenReplyError) -> UpstreamError:
    return UpstreamError(str(broken))


def client(port: int, ca_file: str = "") -> Client:
    address = parse_url("there", f"https://127.0.0.1:{port}")
    return Client(address, PATIENT, failed, tls=trusting("there", ca_file))


async def call(context: ssl.SSLContext, ca_file: str) -> tuple[int, bytes]:
    async with serve(saying(OK), tls=context) as server:
        asking = client(server.port, ca_file)
        try:
            first = await asking.ask("GET", "/", ())
            assert (first.status, first.body) == (200, b"hello")
            again = await asking.ask("GET", "/", ())
            return again.status, again.body
        finally:
            asking.close()


@pytest.mark.parametrize("uv", [True, False])
def test_a_trusted_certificate_is_accepted(tmp_path: Path, uv: bool) -> None:
    cert_file, context, _ = certificate(tmp_path, LOCAL)
    assert run(call(context, str(cert_file)), uv=uv) == (200, b"hello")


@pytest.mark.parametrize("uv", [True, False])
def test_a_self_signed_certificate_is_refused(tmp_path: Path, uv: bool) -> None:
    _, context, _ = certificate(tmp_path, LOCAL)
    with pytest.raises(UpstreamError, match="not trusted"):
        run(call(context, ""), uv=uv)


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    cert_file, context, _ = certificate(tmp_path, [x509.DNSName("elsewhere.example")])
    with pytest.raises(UpstreamError, match="not trusted"):
        run(call(context, str(cert_file)))


def test_tls_1_1_is_refused(tmp_path: Path) -> None:
    cert_file, context, _ = certificate(tmp_path, LOCAL)
    with pytest.warns(DeprecationWarning, match="TLSVersion"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSVersion"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(UpstreamError, match=r"TLS handshake|no connection"):
        run(call(context, str(cert_file)))


def test_a_server_that_speaks_no_tls() -> None:
    async def script(caller: Caller) -> None:
        await caller.say(OK)

    async def work() -> None:
        async with serve(script) as server:
            with pytest.raises(UpstreamError):
                await client(server.port).send("GET", "/", ())

    run(work())


def test_a_ca_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CA file"):
        trusting("there", str(tmp_path / "none.pem"))
