"""What the generator of external texts can say in one language: read from ``banks/external_*.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ar", "tr")

GOALS = (
    "override",
    "exfiltration",
    "payment",
    "deletion",
    "privilege",
    "mail",
    "promotion",
    "rating",
    "disinformation",
    "denial",
    "prompt_leak",
    "memory",
    "tool",
    "redirect",
    "phishing",
    "drift",
)
"""What an order to the assistant wants."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Sentences about one field of life."""

    titles: tuple[str, ...]
    prose: tuple[str, ...]
    """Statements."""
    steps: tuple[str, ...]
    """Orders to people."""


@dataclass(frozen=True, slots=True)
class Orders:
    """How the assistant is given orders."""

    whole: Mapping[str, tuple[str, ...]]
    """By goal: sentences that are orders to the assistant as they stand."""
    heads: tuple[str, ...]
    """What may stand before a whole order: an address, an appeal to authority."""
    tails: tuple[str, ...]
    """What may stand behind any order: secrecy, pressure."""
    frames: tuple[str, ...] = ()
    """Sentences around ``«do»``, what the assistant shall do."""
    do: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By goal: bare imperatives for the frames."""


@dataclass(frozen=True, slots=True)
class Humans:
    """What shares words with orders to the assistant, and is none."""

    notices: tuple[str, ...]
    """Orders to people."""
    mentions: tuple[str, ...]
    """Talk of assistants, models, agents, systems."""
    quotes: tuple[str, ...]
    """Orders to assistants that the text quotes or discusses; ``«order»`` is one."""
    tails: tuple[str, ...] = ()
    """What may stand behind a notice."""


@dataclass(frozen=True, slots=True)
class Bank:
    """One language."""

    domains: Mapping[str, Domain]
    orders: Orders
    humans: Humans
    words: Mapping[str, tuple[str, ...]]
    """Slots of this language."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The form of a document; its slots are described in `redoubt.training.generate.external_page`."""

    carrier: str
    text: str
    escape: str = "none"
    """How what fills the slots is written: a name in `redoubt.training.generate.external_page.ESCAPES`."""
    langs: str = "any"
    """``en``: only in English; ``any``: the labels in it are slots, or nobody translates them."""
    refuses: tuple[str, ...] = ()
    """Goals whose orders would be at home in this document, and so be no orders to the assistant."""


@dataclass(frozen=True, slots=True)
class Forms:
    """All skeletons, and the ways to hide a sentence at a spot of theirs."""

    skeletons: tuple[Skeleton, ...]
    spots: Mapping[str, tuple[str, ...]]
    """By name of spot: wrappers around ``«it»``."""


@cache
def bank(lang: str) -> Bank:
    """Read what can be said in ``lang``, one of `LANGUAGES`."""
    return msgspec.convert(_read(f"external_{lang}"), Bank)


@cache
def forms() -> Forms:
    """Read the skeletons of documents."""
    return msgspec.convert(_read("external_forms"), Forms)


@cache
def values() -> Mapping[str, tuple[str, ...]]:
    """Read the slots that every language shares: names, places, products."""
    return msgspec.convert(_read("external_values"), dict[str, tuple[str, ...]])


def _read(name: str) -> dict[str, object]:
    """Read all files ``name*.toml``, merged table by table, so that a long bank can lie in several files."""
    merged: dict[str, object] = {}
    for file in sorted(
        files("redoubt.training.generate").joinpath("banks").iterdir(), key=lambda file: file.name
    ):
        stem = file.name.removesuffix(".toml")
        if stem == name or stem.startswith(f"{name}_"):
            _merge(merged, tomllib.loads(file.read_text(encoding="utf-8")))
    return merged


def _merge(into: dict[str, object], more: Mapping[str, object]) -> None:
    for key, value in more.items():
        present = into.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        else:
            into[key] = value
