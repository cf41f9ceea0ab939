"""What the weights are trained on: which files, how much of each source, how much of our own."""

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from redoubt.domain.errors import ConfigError
from redoubt.domain.zone import Zone
from redoubt.training.example import DOCUMENT, Example, Head
from redoubt.training.generate import external, harm, names, user
from redoubt.training.planted import Soil, planted
from redoubt.training.sources import attack as attack_rows
from redoubt.training.sources import harm as harm_rows
from redoubt.training.sources import names as name_rows
from redoubt.training.traced import traced

SUFFIX = ".jsonl.gz"
NOT_COMMERCIAL = "_nc"
"""Ends the name of files whose licence forbids shipping what was trained on them."""

UNSEEN = 5
"""One text in so many of others' is never trained on: what scores mean is measured on them."""

Rows = Iterable[Mapping[str, Any]]
Understand = Callable[[Rows], Iterable[Example]]
"""From rows to what is known of them."""
_FILES: dict[str, Understand] = {
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
class Measured:
    """How many texts the scores are measured on; none of them is trained on."""

    generated: Mapping[str, int]
    """Examples of our own, by generator."""
    most: int = 700
    """As in `Recipe`."""
    outside: int = 450
    user: int = 4_500
    """Ordinary prompts, which hurt nobody."""
    external: int = 900
    """Ordinary documents."""
    answer: int = 3_000
    """Ordinary answers."""
    names: int = 1_500
    """Texts with marked names."""
    held_out: int = 600
    """Texts of one source and label that may be measured on but not trained on (`NOT_COMMERCIAL`)."""


@dataclass(frozen=True, slots=True)
class Second:
    """How much of what the network is shown a second time, at half the rate: what it is weak at, and a share of what it has seen."""

    generated: Mapping[str, int]
    """New examples of our own, by generator."""
    changed: int
    """Texts that are changed to fool it; shown are those that do (see `redoubt.training.harden`)."""
    again: int
    """Texts of the first run, so that nothing is forgotten."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much of what."""

    generated: Mapping[str, int]
    """Examples of our own, by generator."""
    measured: Measured
    second: Second | None = None
    planted: int = 0
    """Stretches of others' documents, orders planted in half of them (see `redoubt.training.planted`)."""
    most: int = 300
    """Examples of one source, zone and label, drawn at random: no source may drown the others."""
    outside: int = 200
    """The same, of documents that are asked for orders: they are long."""
    exceptions: Mapping[str, int] = field(default_factory=dict)
    """Sources of which more, or less, is taken; a prefix of the source's name, the first that fits."""
    without: tuple[str, ...] = ()
    """Sources left out, by prefix of their name: to judge what was never seen."""
    taught: int = 8
    """Every so-manieth short text also teaches what texts are about (see `redoubt.training.teacher`)."""

    def most_of(self, example: Example) -> int:
        """Return how many examples of the source, zone and label of ``example`` are taken at most."""
        for prefix, most in self.exceptions.items():
            if example.source.startswith(prefix):
                return most
        return self.outside if example.task == DOCUMENT else self.most


RELEASE = Recipe(
    generated={"user": 15_000, "external": 9_000, "harm": 12_000, "names": 12_000},
    measured=Measured({"user": 2_500, "external": 1_500, "harm": 4_000, "names": 1_200}),
    second=Second({"external": 2_000, "user": 2_000}, changed=5_000, again=4_000),
    planted=11_000,
    most=700,
    outside=800,
    exceptions={
        "TurkuNLP": 7_000,
        "synthetic": 1_200,
        "verazuo": 1_000,
        "wagner-group/PromptShield HackAPrompt": 1_000,
        "lobehub": 400,
        "github/awesome-copilot": 250,
        "f/awesome": 500,
        "t-davidson": 10_000,
        "Vicomtech": 8_000,
        "sherdencooper/GPTFuzz": 1_500,
        "juand-r": 8_000,
        "davidsbatista": 6_000,
        "UniversalNER": 1_600,
    },
)
"""What the shipped weights are made of."""
SMALL = Recipe(
    generated={"user": 240, "external": 120, "harm": 240, "names": 160},
    measured=Measured(
        {"user": 120, "external": 80, "harm": 160, "names": 60}, 10, 10, 40, 20, 40, 30, held_out=20
    ),
    second=Second({"external": 40, "user": 20}, changed=80, again=40),
    planted=40,
    most=20,
    outside=10,
)
"""A run of a minute, for tests: the same path, weights of no use."""


def read(path: Path, *, to_train: bool = True) -> Iterator[dict[str, Any]]:
    """Yield the rows of one file of the data folder.

    Raises ConfigError where the file may not be used ``to_train``, cannot be read, or holds a line that is no JSON object.
    """
    if to_train:
        _check_licence(path)
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                number += 1
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError
                yield row
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__})") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}:{number}: not a JSON object in UTF-8") from error


def _check_licence(path: Path) -> None:
    """Raise ConfigError where the name of a file or folder says that nothing may be trained on it."""
    if path.name.removesuffix(SUFFIX).endswith(NOT_COMMERCIAL):
        raise ConfigError(
            f"{path}: names that end in {NOT_COMMERCIAL} hold data whose licence forbids shipping what was trained on it; they may be "
            "measured on, never trained on"
        )


def files(folder: Path) -> list[Path]:
    """Return the files of a data folder that the recipe knows.

    Raises ConfigError where one is missing, and where the folder's name says that it may not be used.
    """
    _check_licence(folder)
    found = [folder / f"{name}{SUFFIX}" for name in _FILES]
    missing = [path.name for path in found if not path.is_file()]
    if missing:
        raise ConfigError(
            f"{folder}: holds no {', '.join(missing)}; the data folder must hold every file of the recipe"
        )
    return found


def digest(folder: Path) -> str:
    """Return the SHA-256 over the files that are trained on, in order of name: it stands in the weights' metadata."""
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
        made = list(generated({name: count}, rng))
        tell(f"generated/{name}", len(made))
        found += made
    if folder is not None:
        others: list[Example] = []
        for path in files(folder):
            rows = examples_of(path, _FILES[path.name.removesuffix(SUFFIX)])
            tell(path.name, len(rows))
            others += rows
        found += traced(others)
    kept = list(_shared_out(found, recipe, rng))
    soil = Soil.of([e for e in kept if e.head is Head.ATTACK], rng)
    if soil is not None:
        kept += planted(soil, recipe.planted, rng)
    return [name_rows.cased(rng, e) if e.head is Head.NAMES and not ours(e.source) else e for e in kept]


def kept_back(folder: Path) -> list[Example]:
    """Return what is known of others' prompts that are never trained on. Raises ConfigError."""
    return [
        example
        for name in attack_rows.FILES
        for example in examples_of(folder / f"{name}{SUFFIX}", attack_rows.examples)
        if example.zone is Zone.USER and is_kept_back(example.text)
    ]


def examples_of(path: Path, understand: Understand, *, to_train: bool = True) -> list[Example]:
    """Return what is known of the rows of a file. Raises ConfigError as `read` does, and where a row is not understood."""
    try:
        return list(understand(read(path, to_train=to_train)))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: a row is not understood ({type(error).__name__})") from error


def generated(counts: Mapping[str, int], rng: Random) -> Iterator[Example]:
    """Yield so many examples of each generator."""
    for name, count in counts.items():
        yield from _GENERATORS[name](rng, count)


def same(text: str) -> str:
    """Return what two texts have in common that differ in blanks and case alone.

    >>> same("Hello  World ")
    'hello world'
    """
    return " ".join(text.split()).casefold()


def ours(source: str) -> bool:
    """Tell whether what is of ``source`` was made here, and can be made anew."""
    return source.startswith("generated")


def is_kept_back(text: str) -> bool:
    """Tell whether a text of others is one of those that are never trained on: the text alone decides."""
    return zlib.crc32(same(text).encode()) % UNSEEN == 0


def _shared_out(found: list[Example], recipe: Recipe, rng: Random) -> Iterator[Example]:
    """Yield at most so many of each source, zone and label, and no text twice in one head and zone."""
    by: dict[tuple[str, Head, Zone, object], list[Example]] = defaultdict(list)
    seen: set[tuple[Head, Zone, str]] = set()
    for example in found:
        if any(example.source.startswith(prefix) for prefix in recipe.without):
            continue
        if not ours(example.source) and is_kept_back(example.text):
            continue
        key = (example.head, example.zone, same(example.text))
        if key in seen:
            continue
        seen.add(key)
        by[example.source, example.head, example.zone, example.label].append(example)
    for group in by.values():
        most = len(group) if ours(group[0].source) else recipe.most_of(group[0])
        yield from rng.sample(group, most) if len(group) > most else group
