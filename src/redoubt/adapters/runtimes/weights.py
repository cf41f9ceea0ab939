"""Opens the weights, and only the weights that were signed.

``guard.sig`` is the Ed25519 signature (RFC 8032) over the bytes of ``guard.json``, which holds the SHA-256 of every other file: one flipped
bit anywhere, and Redoubt does not start.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from redoubt.domain.errors import ConfigError
from redoubt.engine.guard.calibration import Metadata, parse_metadata

PACKAGED = Path(__file__).parent / "weights"
"""Where the weights lie that come with Redoubt."""
PUBLIC_KEY = bytes.fromhex("85809684b807b36cd521171b4920c6fb068feb8d5ab612e5bf53522476c5afaa")
"""Ed25519 key of those who sign weights."""
METADATA, SIGNATURE, NETWORK, TOKENIZER = "guard.json", "guard.sig", "guard.onnx", "tokenizer.json"
MAX_BYTES = 256 * 1024 * 1024
"""No file of the weights is larger."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights that are as they were signed."""

    metadata: Metadata
    network: bytes
    tokenizer: bytes


def open_weights(folder: Path, key: bytes | None = None) -> Weights:
    """Read and check all files of ``folder``, signed with ``key`` (default: `PUBLIC_KEY`).

    What is returned is what was checked: no file is read twice. Raises ConfigError where one is missing or differs from what was signed.
    """
    if not folder.is_dir():
        raise ConfigError(
            f"there are no guard models in {folder}; name their folder in [models] path, or do without: --no-models, or "
            "[models] enabled = false"
        )
    described = _read(folder / METADATA)
    try:
        Ed25519PublicKey.from_public_bytes(key or PUBLIC_KEY).verify(_read(folder / SIGNATURE), described)
    except InvalidSignature:
        whose = "that of [models] public_key" if key else "ours"
        raise _altered(folder / METADATA, f"its signature is not {whose}") from None
    metadata = parse_metadata(described, str(folder / METADATA))
    files = {name: _checked(folder, name, digest) for name, digest in metadata.files.items()}
    for name in (NETWORK, TOKENIZER):
        if name not in files:
            raise ConfigError(f"{folder / METADATA}: $.files names no {name}")
    return Weights(metadata, files[NETWORK], files[TOKENIZER])


def _checked(folder: Path, name: str, digest: str) -> bytes:
    if Path(name).name != name:
        raise ConfigError(f"{folder / METADATA}: $.files: names must be of this folder")
    data = _read(folder / name)
    if not hmac.compare_digest(sha256(data).hexdigest(), digest):
        raise _altered(folder / name, "its digest is not the one that was signed")
    return data


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"weights were altered: {path} cannot be read ({error.strerror}); install Redoubt anew"
        ) from error
    if len(data) > MAX_BYTES:
        raise _altered(path, f"it is larger than {MAX_BYTES} bytes")
    return data


def _altered(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"weights were altered: {path}: {why}; install Redoubt anew, or use the weights you can vouch for"
    )
