"""Writes a folder of weights: the network, the tokenizer, what the scores mean, the model card, and a signature over all of it."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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


def write(folder: Path, files: Mapping[str, bytes], described: bytes, key: Ed25519PrivateKey) -> None:
    """Write ``files`` and their signed description into ``folder``, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**files, METADATA: described, SIGNATURE: key.sign(described)}.items():
        (folder / name).write_bytes(data)
