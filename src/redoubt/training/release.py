"""Writes a folder of weights: the network, the tokenizer, what the scores mean, the model card, and a signature over all of it."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from redoubt.domain.errors import ConfigError
from redoubt.training.dataset import TAGS
from redoubt.training.example import HARMS

KINDS = ("injection", "jailbreak", "extraction", "tool_abuse")
"""What the outputs of ``kind`` are called in the taxonomy."""
NETWORK, TOKENIZER, CARD, METADATA, SIGNATURE = (
    "guard.onnx",
    "tokenizer.json",
    "MODEL_CARD.md",
    "guard.json",
    "guard.sig",
)
SIGNER = "signer.pub"
"""The key to check the signature with, 64 hexadecimal digits: ``[models] public_key`` of whoever trusts it."""


def metadata(
    version: str,
    files: Mapping[str, bytes],
    training_data: str,
    curves: list[dict[str, Any]],
    names: Mapping[str, float],
) -> bytes:
    """Return ``guard.json``; its form is described in `redoubt.engine.guard.calibration`."""
    said = {
        "format": 1,
        "version": version,
        "training_data": training_data,
        "files": {name: sha256(data).hexdigest() for name, data in sorted(files.items())},
        "kinds": KINDS,
        "harms": HARMS,
        "tags": TAGS,
        "names": dict(names),
        "curves": curves,
    }
    return json.dumps(said, indent=1).encode()


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Read a key: 32 bytes as 64 hexadecimal digits. Raises ConfigError, which never quotes the file."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except OSError as error:
        raise ConfigError(f"{path}: the signing key cannot be read ({type(error).__name__})") from error
    except ValueError:
        raise ConfigError(f"{path}: a signing key is 64 hexadecimal digits and nothing else") from None


def write(folder: Path, files: Mapping[str, bytes], described: bytes, key: Ed25519PrivateKey) -> None:
    """Write ``files``, their signed description and the signer's public key into ``folder``, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    signer = key.public_key().public_bytes_raw().hex().encode() + b"\n"
    beside = {METADATA: described, SIGNATURE: key.sign(described), SIGNER: signer}
    for name, data in {**files, **beside}.items():
        (folder / name).write_bytes(data)
