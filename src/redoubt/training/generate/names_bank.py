"""The word banks of the names examples, read from ``banks/names_*.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Frames = Mapping[str, tuple[tuple[str, str], ...]]
"""By language: (kind, frame)."""


def words(text: str) -> tuple[str, ...]:
    """Split a comma-separated list."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


@cache
def bank(name: str) -> dict[str, Any]:
    """Read the tables of ``banks/names_<name>.toml``."""
    path = files("redoubt.training.generate").joinpath("banks", f"names_{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def frames(prefix: str) -> Frames:
    """Read the frames of every bank ``names_<prefix>_*.toml``, by language."""
    found: dict[str, list[tuple[str, str]]] = {}
    banks = files("redoubt.training.generate").joinpath("banks")
    for path in sorted(banks.iterdir(), key=lambda path: path.name):
        if path.name.startswith(f"names_{prefix}_"):
            for lang, kinds in tomllib.loads(path.read_text(encoding="utf-8")).items():
                found.setdefault(lang, []).extend(
                    (kind, frame.strip("\n")) for kind, texts in kinds.items() for frame in texts
                )
    return {lang: tuple(pairs) for lang, pairs in found.items()}
