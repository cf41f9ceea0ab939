"""What a score means: read from the table that training measured and signed with the weights.

``guard.json`` is this, as JSON::

    {"format": 1, "version": "1.0.0", "training_data": "<SHA-256>",
     "files": {"guard.onnx": "<SHA-256>", "tokenizer.json": "<SHA-256>", ...},
     "kinds": ["injection", ...], "harms": ["toxicity", ...], "tags": ["O", "B-PERSON", "I-PERSON", ...],
     "names": {"PERSON": 0.6, ...},
     "curves": [{"head": "attack", "zone": "user", "label": "", "scale": 1.1, "bias": -0.2,
                 "tables": [{"windows": 1, "points": [[-3.0, 0.5], [2.5, 0.01], [6.0, 0.0001]]}, ...]}, ...]}

``scale`` and ``bias`` turn a logit into a probability (Platt). A table holds for texts of at most so many windows, the last one for all
longer ones too; its points are scores, ascending, each with the share of ordinary texts *whose highest passage* scores at least that.
There is a curve for `attack` of the zone user, for `order` of the zone external, and for each label of `harm` of all three zones. Of harm,
the share is that of ordinary texts which are as rare in *any* label: nine labels must not raise nine times the alarms a point promises.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import exp, isfinite, log
from types import MappingProxyType
from typing import Literal, TypeAlias

import msgspec

from redoubt.domain.errors import ConfigError
from redoubt.domain.taxonomy import TAXONOMY
from redoubt.engine.guard.tags import Tags

FORMAT = 1

Head: TypeAlias = Literal["attack", "order", "harm"]
Zone: TypeAlias = Literal["user", "external", "answer"]
ZONES: tuple[Zone, ...] = ("user", "external", "answer")


@dataclass(frozen=True, slots=True)
class Table:
    """Ordinary texts of a certain length, by how high their highest passage scores."""

    windows: int
    scores: tuple[float, ...]
    shares: tuple[float, ...]
    """The share that scores at least that."""

    def share(self, score: float) -> float:
        """Return the share of ordinary texts that score at least ``score``: log-linear between the points, never less than was measured."""
        place = bisect_right(self.scores, score)
        if place == 0:
            return 1.0
        if place == len(self.scores):
            return self.shares[-1]
        low, high = self.scores[place - 1], self.scores[place]
        share, rarer = self.shares[place - 1], self.shares[place]
        return share * exp(log(rarer / share) * (score - low) / (high - low))


@dataclass(frozen=True, slots=True)
class Curve:
    """The meaning of one output in one zone."""

    scale: float
    bias: float
    tables: tuple[Table, ...]
    """By their number of windows, which ascends."""

    def probability(self, score: float) -> float:
        """Return how likely it is what the output asks."""
        return 1.0 / (1.0 + exp(-max(-60.0, min(60.0, self.scale * score + self.bias))))

    def false_alarm(self, score: float, windows: int) -> float:
        """Return the share of ordinary texts of that many windows that score as high."""
        place = bisect_left(self.tables, windows, key=lambda table: table.windows)
        return self.tables[min(place, len(self.tables) - 1)].share(score)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of the weights."""

    version: str
    digest: str
    """SHA-256 of the metadata itself, which holds the digests of all else."""
    training_data: str
    files: Mapping[str, str]
    """SHA-256 of each file beside it."""
    kinds: tuple[str, ...]
    harms: tuple[str, ...]
    tags: Tags
    least: Mapping[str, float]
    """By type of name: the least probability that is reported."""
    curves: Mapping[tuple[Head, Zone, str], Curve]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    windows: int
    points: list[tuple[float, float]]


class _Curve(msgspec.Struct, forbid_unknown_fields=True):
    head: Head
    zone: Zone
    label: str
    scale: float
    bias: float
    tables: list[_Table]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    version: str
    training_data: str
    files: dict[str, str]
    kinds: tuple[str, ...]
    harms: tuple[str, ...]
    tags: list[str]
    names: dict[str, float]
    curves: list[_Curve]


def parse_metadata(data: bytes, source: str) -> Metadata:
    """Read ``guard.json``. Raises ConfigError, naming ``source`` and the place, for anything that is not exactly right."""
    try:
        file = msgspec.json.decode(data, type=_File)
        if file.format != FORMAT:
            raise ValueError(f"$.format: is {file.format}; this version reads {FORMAT}")
        tags = Tags.of(file.tags)
        if set(file.names) != set(tags.types) or not all(0 < least <= 1 for least in file.names.values()):
            raise ValueError("$.names: must hold a probability for each type of $.tags")
        _check_categories(file, tags)
        curves = {(c.head, c.zone, c.label): _curve(c) for c in file.curves}
        if len(curves) != len(file.curves) or set(curves) != _needed(file.harms):
            raise ValueError("$.curves: must hold one for each head, zone and label, and no other")
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(f"{source}: {error}") from error
    return Metadata(
        version=file.version,
        digest=sha256(data).hexdigest(),
        training_data=file.training_data,
        files=MappingProxyType(file.files),
        kinds=file.kinds,
        harms=file.harms,
        tags=tags,
        least=MappingProxyType(file.names),
        curves=MappingProxyType(curves),
    )


def _check_categories(file: _File, tags: Tags) -> None:
    known = {category.id for category in TAXONOMY}
    named = [f"attack.{kind}" for kind in file.kinds] + [f"harm.{label}" for label in file.harms]
    named += [f"pii.{name.lower()}" for name in tags.types]
    if not file.kinds or not file.harms or len(set(named)) != len(named):
        raise ValueError("$.kinds, $.harms: must hold labels, each once")
    for category in named:
        if category not in known:
            raise ValueError(f"the taxonomy has no category {category}")


def _needed(harms: tuple[str, ...]) -> set[tuple[Head, Zone, str]]:
    needed: set[tuple[Head, Zone, str]] = {("attack", "user", ""), ("order", "external", "")}
    return needed | {("harm", zone, label) for zone in ZONES for label in harms}


def _curve(raw: _Curve) -> Curve:
    where = f"$.curves: {raw.head} {raw.zone} {raw.label}".rstrip()
    if not (isfinite(raw.scale) and raw.scale > 0 and isfinite(raw.bias)):
        raise ValueError(f"{where}: scale must be positive, bias finite")
    counts = [table.windows for table in raw.tables]
    if not counts or counts[0] < 1 or not _ascends(counts):
        raise ValueError(f"{where}: tables must have windows that ascend from 1 or more")
    return Curve(raw.scale, raw.bias, tuple(_table(table, where) for table in raw.tables))


def _table(raw: _Table, where: str) -> Table:
    scores = tuple(score for score, _ in raw.points)
    shares = tuple(share for _, share in raw.points)
    falls = all(0 < share <= 1 for share in shares) and sorted(shares, reverse=True) == list(shares)
    if not scores or not all(map(isfinite, scores)) or not _ascends(scores) or not falls:
        raise ValueError(f"{where}: points must have scores that ascend and shares in (0, 1] that do not")
    return Table(raw.windows, scores, shares)


def _ascends(numbers: list[int] | tuple[float, ...]) -> bool:
    return all(a < b for a, b in pairwise(numbers))
