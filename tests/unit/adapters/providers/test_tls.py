import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from redoubt.adapters.providers.http import HttpUpstream
from redoubt.domain.errors import ConfigError, UpstreamError
from redoubt.domain.settings import UpstreamKind, UpstreamSettings
from tests.unit.adapters.providers.rogue import POST, Caller, run, saying, serve, whole

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
DAY = datetime.timedelta(days=1)


def certificate(folder: Path, names: list[x509.GeneralName]) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert_file, key_file)
    return cert_file, context


LOCAL: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]


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
    cert_file, context = certificate(tmp_path, LOCAL)
    assert run(call(context, str(cert_file)), uv=uv) == (200, b"hello")


@pytest.mark.parametrize("uv", [True, False])
def test_a_self_signed_certificate_is_refused(tmp_path: Path, uv: bool) -> None:
    _, context = certificate(tmp_path, LOCAL)
    with pytest.raises(UpstreamError, match="not trusted"):
        run(call(context, ""), uv=uv)


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    cert_file, context = certificate(tmp_path, [x509.DNSName("elsewhere.example")])
    with pytest.raises(UpstreamError, match="not trusted"):
        run(call(context, str(cert_file)))


def test_tls_1_1_is_refused(tmp_path: Path) -> None:
    cert_file, context = certificate(tmp_path, LOCAL)
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
