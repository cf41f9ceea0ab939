"""Weights for tests: the tiny network of `tests/data/guard`, described and signed anew, and a detector over it."""

import json
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from redoubt.adapters.runtimes.onnx import OnnxEncoder
from redoubt.adapters.runtimes.tokenizer import WordPieces
from redoubt.adapters.runtimes.turns import Turns
from redoubt.engine.detect.views import View
from redoubt.engine.guard.calibration import Metadata, parse_metadata
from redoubt.engine.guard.detector import GuardDetector
from redoubt.engine.guard.interface import Encoder
from redoubt.engine.guard.reading import Reader

DATA = Path(__file__).parent / "data" / "guard"
KEY = Ed25519PrivateKey.from_private_bytes(b"a key for tests, known to anyone")
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
KINDS = ("injection", "jailbreak", "extraction", "tool_abuse")
HARMS = (
    "toxicity", "hate", "harassment", "threat", "sexual", "self_harm", "violence", "illicit", "profanity",
)  # fmt: skip
TYPES = ("PERSON", "LOCATION", "ORGANISATION", "ADDRESS", "USERNAME", "DATE_OF_BIRTH")
POINTS = [[-4.0, 0.5], [0.0, 0.01], [8.0, 0.0001]]
"""The tiny network says -4 of ordinary words, 8 of words it knows (7 in answers)."""


def description() -> dict[str, Any]:
    """Return what `guard.json` says."""
    tables = [
        {"windows": 1, "points": POINTS},
        {"windows": 4, "points": [[-4.0, 0.9], [0.0, 0.02], [8.0, 0.0002]]},
    ]
    rows = [("attack", "user", ""), ("order", "external", "")]
    rows += [("harm", zone, label) for zone in ("user", "external", "answer") for label in HARMS]
    files = ("guard.onnx", "tokenizer.json")
    return {
        "format": 1,
        "version": "0.0.1",
        "training_data": "0" * 64,
        "files": {name: sha256((DATA / name).read_bytes()).hexdigest() for name in files},
        "kinds": list(KINDS),
        "harms": list(HARMS),
        "tags": ["O", *(f"{p}-{t}" for t in TYPES for p in "BI")],
        "names": dict.fromkeys(TYPES, 0.5),
        "curves": [
            {"head": head, "zone": zone, "label": label, "scale": 1.0, "bias": 0.0, "tables": tables}
            for head, zone, label in rows
        ],
    }


def write_weights(folder: Path, said: dict[str, Any] | None = None) -> Path:
    """Write signed weights into ``folder`` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("guard.onnx", "tokenizer.json"):
        (folder / name).write_bytes((DATA / name).read_bytes())
    data = json.dumps(said or description()).encode()
    (folder / "guard.json").write_bytes(data)
    (folder / "guard.sig").write_bytes(KEY.sign(data))
    return folder


@cache
def metadata() -> Metadata:
    """Return the description as it is used."""
    return parse_metadata(json.dumps(description()).encode(), "guard.json")


@cache
def tokenizer() -> WordPieces:
    """Return the tokenizer of the tiny network."""
    return WordPieces((DATA / "tokenizer.json").read_bytes(), "tokenizer.json")


def encoder(timeout: float = 30.0, at_once: int = 2) -> OnnxEncoder:
    """Return the tiny network."""
    return OnnxEncoder(
        (DATA / "guard.onnx").read_bytes(),
        "guard.onnx",
        kinds=len(KINDS),
        harms=len(HARMS),
        tags=1 + 2 * len(TYPES),
        turns=Turns(at_once, timeout),
    )


@cache
def reader() -> Reader:
    """Return a reader with the tiny network."""
    return Reader(tokenizer(), encoder())


def no_views(_: str) -> Iterable[View]:
    """Return no hidden form."""
    return ()


def no_values(_: str) -> Iterable[tuple[int, int]]:
    """Return no value."""
    return ()


def detector(
    views: Callable[[str], Iterable[View]] = no_views,
    network: Encoder | None = None,
    values: Callable[[str], Iterable[tuple[int, int]]] = no_values,
) -> GuardDetector:
    """Return the guard over the tiny network, or over ``network``."""
    return GuardDetector(Reader(tokenizer(), network) if network else reader(), metadata(), views, values)
