r"""The phrases that harm examples are composed of, as they lie in ``banks/harm_*.toml``.

English has several files; the other languages one file of slots each, and ``harm_groups.toml`` in common.

A file has ``[slots]`` (name = one phrase a line) and ``[[group]]`` tables: texts of one kind, one a line, with the labels that hold
for all of them. ``{slot}`` in a phrase stands for any phrase of that slot; ``alias`` binds a name to one phrase of some slot for
the whole text, so that a harmful group and its twin can share their frames. A literal ``\n`` is a line break.
"""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from redoubt.domain.zone import Zone
from redoubt.training.example import HARMS

_MY = re.compile(r"\bmy\b")
_SLOT = re.compile(r"\{(\w+)\}")
_AN = re.compile(r"\b([Aa]) (?=[aeio](?!ne\b|nce\b|u))")


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one kind."""

    kind: str
    texts: tuple[str, ...]
    labels: frozenset[str]
    """Those of `HARMS` that hold; none for a twin."""
    zones: frozenset[Zone]
    alias: Mapping[str, str]
    """Slots bound to one phrase for the whole text: name to the slot that it is drawn from."""
    my: str
    """What "my" becomes in a bound phrase: "your" when a model answers."""
    weight: int
    """How often it is drawn, beside its neighbours."""


@dataclass(frozen=True, slots=True)
class Bank:
    """All phrases of one language."""

    lang: str
    slots: Mapping[str, tuple[str, ...]]
    groups: tuple[Group, ...]

    def compose(self, rng: random.Random, group: Group) -> str:
        """Compose a text of that group. Raises KeyError naming a slot that does not exist."""
        bound = {
            name: _MY.sub(group.my, self._fill(rng, rng.choice(self.slots[slot]), {}))
            for name, slot in group.alias.items()
        }
        return self._sentence(self._fill(rng, rng.choice(group.texts), bound))

    def phrase(self, rng: random.Random, slot: str) -> str:
        """Compose a phrase of that slot. Raises KeyError naming a slot that does not exist."""
        return self._sentence(self._fill(rng, rng.choice(self.slots[slot]), {}))

    def _fill(self, rng: random.Random, template: str, bound: Mapping[str, str]) -> str:
        def draw(match: re.Match[str]) -> str:
            if match[1] in bound:
                return bound[match[1]]
            return _SLOT.sub(draw, rng.choice(self.slots[match[1]]))

        return _SLOT.sub(draw, template)

    def _sentence(self, text: str) -> str:
        if self.lang == "en":
            text = _AN.sub(r"\1n ", text)
        return text[:1].upper() + text[1:]


@cache
def load(lang: str) -> Bank:
    """Read the bank of a language from all its files.

    Raises ValueError naming the group and the label if a group claims a label that does not exist, and TypeError naming a key
    of a group that does not exist.
    """
    slots: dict[str, tuple[str, ...]] = {}
    groups: list[Group] = []
    folder = files("redoubt.training.generate") / "banks"
    wanted = ("harm_en_",) if lang == "en" else ("harm_groups.", f"harm_{lang}.")
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.startswith(wanted):
            file = tomllib.loads(path.read_text("utf-8"))
            slots |= {name: _lines(text) for name, text in file.get("slots", {}).items()}
            groups += [_group(**raw) for raw in file.get("group", ())]
    return Bank(lang, slots, tuple(groups))


def _group(
    *,
    kind: str,
    texts: str,
    labels: Sequence[str] = (),
    zones: Sequence[str] = (Zone.USER,),
    alias: Mapping[str, str] | None = None,
    my: str = "my",
    weight: int = 1,
) -> Group:
    for label in labels:
        if label not in HARMS:
            raise ValueError(f"group {kind!r}: there is no label {label!r}; use one of {', '.join(HARMS)}")
    return Group(kind, _lines(texts), frozenset(labels), frozenset(map(Zone, zones)), alias or {}, my, weight)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip().replace("\\n", "\n") for line in text.splitlines() if line.strip())
