"""A time-stamping authority of one's own: OpenSSL's, with a root and a certificate made for the test."""

import datetime
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """\
[tsa]
serial = {0}/serial
crypto_device = builtin
signer_cert = {0}/tsa.pem
signer_key = {0}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.roots = str(folder / "root.pem")
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate("Root", root_key.public_key(), "Root", root_key, ca=True)
        tsa = _certificate("TSA", key.public_key(), "Root", root_key, ca=False)
        pem = serialization.Encoding.PEM
        (folder / "root.pem").write_bytes(root.public_bytes(pem))
        (folder / "tsa.pem").write_bytes(tsa.public_bytes(pem))
        (folder / "tsa.key").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(CONFIG.format(folder))

    def answer(self, query: bytes) -> bytes:
        (self._folder / "query").write_bytes(query)
        self._openssl(
            "-reply", "-config", "config", "-section", "tsa", "-queryfile", "query", "-out", "reply"
        )
        return (self._folder / "reply").read_bytes()

    def verifies(self, token: bytes, data: bytes) -> bool:
        (self._folder / "token").write_bytes(token)
        (self._folder / "data").write_bytes(data)
        done = self._openssl("-verify", "-data", "data", "-in", "token", "-CAfile", "root.pem", check=False)
        return done.returncode == 0

    def _openssl(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            ["openssl", "ts", *arguments], cwd=self._folder, capture_output=True, check=check
        )


def _certificate(
    name: str,
    public: ec.EllipticCurvePublicKey,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(key, hashes.SHA256())
