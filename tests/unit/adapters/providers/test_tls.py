import ssl
from pathlib import Path

import pytest
from cryptography import x509

from redoubt.adapters.providers.upstream import HttpUpstream
from redoubt.domain.errors import ConfigError, UpstreamError
from redoubt.domain.settings import UpstreamKind, UpstreamSettings
from tests.rogue import POST, Caller, run, saying, serve, whole
from tests.tls import LOCAL, certificate

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"


async def call(context: ssl.SSLContext, ca_file: str) -> tuple[int, bytes]:
    async with serve(saying(OK), tls=context) as server:
        settings = UpstreamSettings("far", UpstreamKind.OPENAI, f"https://127.0.0.1:{server.port}")
        upstream = HttpUpstream(settings, ca_file=ca_file)
        try:
            assert await whole(upstream) == (200, b"hello")
            return await whole(upstream)
        finally:
            await upstream.aclose()


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
            settings = UpstreamSettings("far", UpstreamKind.OPENAI, f"https://127.0.0.1:{server.port}")
            upstream = HttpUpstream(settings)
            with pytest.raises(UpstreamError):
                await upstream.send(POST)

    run(work())


def test_a_ca_file_that_cannot_be_read(tmp_path: Path) -> None:
    settings = UpstreamSettings("far", UpstreamKind.OPENAI, "https://127.0.0.1")
    with pytest.raises(ConfigError, match="CA file"):
        HttpUpstream(settings, ca_file=str(tmp_path / "none.pem"))
