"""Texts to measure with, and the spans that should be found in them."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

Span = tuple[int, int, str]
"""(start, end, type): code points; a type such as EMAIL, perhaps with a kind: SECRET:github_pat."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text and what is in it."""

    text: str
    spans: tuple[Span, ...]


def read(path: Path) -> list[Prompt]:
    """Read JSON lines of ``{"text", "spans": [{"start", "end", "type"}]}``, compressed or not."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in data.splitlines() if line]
    return [Prompt(r["text"], tuple((s["start"], s["end"], s["type"]) for s in r["spans"])) for r in rows]
