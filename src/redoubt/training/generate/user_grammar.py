r"""Banks of phrases and how a text grows from them.

A bank is TOML; each value is a block with one phrase a line. In a phrase ``{goal}`` is any phrase of that name, ``{goal!}`` the
same one each time, ``{base64:goal}`` one that went through a filter, ``[a|b|]`` a choice, and ``\n`` a new line.
"""

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from redoubt.training.generate.user_filters import FILTERS

_SLOT = re.compile(r"\{(?:([a-z0-9]+):)?([a-z_]+)(!?)\}")
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_RANDOM = {"number": (2, 99), "order": (10_000, 999_999), "year": (1950, 2026)}
"""Slots that are numbers, and from where to where."""
_TRIES = 4
"""How often a phrase that stands in the text already is thrown back."""
_NOISE: tuple[str, ...] = (
    "describing",
    "similarly",
    "Now",
    "oppositely",
    "](",
    "!!",
    "--",
    "\\;",
    "tutorial",
    "ize",
    "==",
    "({",
    "Sure",
    "||",
)
_NOISE += (
    "revert",
    "please?",
    '"\\',
    "formatting",
    "**ONE",
    "}}",
    "!--Two",
    "inter",
    "Manuel",
    "<<",
    "ph",
    "interface",
    ".)",
    "@@",
)
_NOISE += (
    "zx",
    "Qv",
    "printf",
    "NUM",
    "steps",
    ";;",
    "~~",
    "text",
    "xyz",
    "/*",
    "ulo",
    "wik",
    "#{",
    "$$",
    "optim",
    "ensl",
)


@dataclass(frozen=True, slots=True)
class Bank:
    """All phrases of one language."""

    lang: str
    """BCP 47."""
    words: Mapping[str, tuple[str, ...]]
    """What slots are filled with."""
    attack: Mapping[str, tuple[str, ...]]
    """Kind of attack: phrases."""
    twin: Mapping[str, tuple[str, ...]]
    """Kind of harmless text: phrases."""

    def grow(self, phrase: str, rng: random.Random) -> str:
        """Fill all slots of a phrase.

        Raises:
            KeyError: It names a slot that this bank does not have.

        """
        return self._grow(phrase, rng, {}).replace("\\n", "\n")

    def _grow(self, phrase: str, rng: random.Random, kept: dict[str, str]) -> str:
        while found := _CHOICE.search(phrase):
            phrase = phrase[: found.start()] + rng.choice(found[1].split("|")) + phrase[found.end() :]
        return _SLOT.sub(lambda slot: self._fill(slot, rng, kept), phrase)

    def _fill(self, slot: re.Match[str], rng: random.Random, kept: dict[str, str]) -> str:
        name, keep = slot[2], bool(slot[3])
        if keep and name in kept:
            return kept[name]
        if name in _RANDOM:
            text = str(rng.randint(*_RANDOM[name]))
        elif name == "noise":
            text = " ".join(rng.choice(_NOISE) for _ in range(rng.randint(7, 18)))
        else:
            text = self._grow(self._pick(name, rng, kept), rng, kept)
        if slot[1]:
            text = FILTERS[slot[1]](text, rng)
        if keep:
            kept[name] = text
        return text

    def _pick(self, name: str, rng: random.Random, kept: dict[str, str]) -> str:
        """Choose a phrase, and avoid one that the text has already: nobody writes a sentence twice."""
        phrase = rng.choice(self.words[name])
        for _ in range(_TRIES):
            if phrase not in kept:
                break
            phrase = rng.choice(self.words[name])
        kept[phrase] = ""
        return phrase


def read_banks() -> tuple[Bank, ...]:
    """All banks, English first, then by language."""
    files = sorted(
        resources.files("redoubt.training.generate").joinpath("banks/user").iterdir(),
        key=lambda file: file.name,
    )
    tables: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    for file in files:
        if not file.name.endswith(".toml"):
            continue
        parts = tables.setdefault(file.name.split(".")[0], {"words": {}, "attack": {}, "twin": {}})
        for part, blocks in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for name, block in blocks.items():
                lines = tuple(line.strip() for line in block.splitlines() if line.strip())
                parts[part][name] = parts[part].get(name, ()) + lines
    banks = (Bank(lang, **parts) for lang, parts in tables.items())
    return tuple(sorted(banks, key=lambda bank: (bank.lang != "en", bank.lang)))
