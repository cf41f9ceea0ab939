"""Certificates that sign themselves, for servers of the tests."""

import datetime
import ipaddress
import ssl
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
LOCAL: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]


class Certificate(NamedTuple):
    """A certificate, what a server shows it with, and the file of its key."""

    file: Path
    context: ssl.SSLContext
    key: Path


def certificate(folder: Path, names: list[x509.GeneralName]) -> Certificate:
    """Make a certificate for ``names``, valid today."""
    key = ec.generate_private_key(ec.SECP256R1())
    number = x509.random_serial_number()
    # Of two authorities of one name OpenSSL tries the first alone.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"test {number}")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number)
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
    return Certificate(cert_file, context, key_file)
