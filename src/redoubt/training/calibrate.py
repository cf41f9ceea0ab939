"""What the scores mean, measured on texts that were not trained on, through the reader that is used at run time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from redoubt.domain.zone import Zone
from redoubt.engine.guard.calibration import ZONES
from redoubt.engine.guard.reading import Reader
from redoubt.engine.guard.scores import attacks, harms, orders
from redoubt.engine.guard.statistics import platt
from redoubt.engine.guard.tags import Tags, names
from redoubt.training.example import HARMS, Example, Head

BUCKETS = (1, 2, 4, 8, 1_000_000)
"""Numbers of windows up to which texts are taken together."""
FEWEST = 300
"""Ordinary texts that a table must rest on; a bucket with fewer is joined with the one before it."""
SHARES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.0033, 0.002, 0.001, 0.0005, 0.0002, 0.0001, 0.00005)
"""Where a table has its points, as far as the number of texts allows."""
PRECISION = 0.85
"""A type of name is reported from the probability on at which this share of what is reported is right."""

Scored = NDArray[np.float64]


@dataclass(slots=True)
class Marks:
    """Scores of one output: of each text the highest passage's, with its number of windows."""

    scores: list[float] = field(default_factory=list)
    windows: list[int] = field(default_factory=list)
    bad: list[bool] = field(default_factory=list)
    ordinary: list[bool] = field(default_factory=list)
    """Whether it is a text of the kind that points make a promise about; see `is_ordinary`."""

    def add(self, score: float, windows: int, *, bad: bool, ordinary: bool) -> None:
        """Note one text."""
        self.scores.append(score)
        self.windows.append(windows)
        self.bad.append(bad)
        self.ordinary.append(ordinary)


_MADE = ("generated", "synthetic")
_HARD = ("hard_negative", "security_discussion", "obfuscated")
Key = tuple[str, str, str]
"""Head, zone, label, as in the metadata's curves."""


def is_ordinary(example: Example) -> bool:
    """Tell whether a text is one that people write, and not one that was made to look like an attack, or to be told from it.

    Twins and trigger-word sentences are what a model is taught and judged by; counted among ordinary texts, they would buy fewer
    alarms on texts that nobody sends at the price of attacks that somebody does.
    """
    return not example.source.startswith(_MADE) and not example.kind.startswith(_HARD)


def marks(
    reader: Reader, examples: Iterable[Example], tell: Callable[[int], None] = lambda _done: None
) -> dict[Key, Marks]:
    """Score every example of the heads attack and harm."""
    found: dict[Key, Marks] = defaultdict(Marks)
    for done, example in enumerate(examples, 1):
        reading = reader.read(example.text)
        if not reading.rows:
            continue
        windows = len(reading.rows)
        if example.head is Head.ATTACK:
            outside = example.zone is Zone.EXTERNAL
            passages = orders(reading) if outside else attacks(reading)
            key = ("order", "external", "") if outside else ("attack", "user", "")
            found[key].add(
                max(p.score for p in passages),
                windows,
                bad=bool(example.label),
                ordinary=is_ordinary(example),
            )
        elif example.head is Head.HARM:
            answer = example.zone is Zone.ANSWER
            for number, label in enumerate(HARMS):
                if label in example.labels:
                    score = max(p.score for p in harms(reading, number, answer=answer))
                    found["harm", example.zone.value, label].add(
                        score, windows, bad=example.labels[label], ordinary=is_ordinary(example)
                    )
        if done % 200 == 0:
            tell(done)
    return dict(found)


def curves(found: Mapping[Key, Marks]) -> list[dict[str, Any]]:
    """Return the metadata's ``curves``. A zone of harm that was not measured is as the user's."""
    made = [
        _curve(key, found[key], found[key], None)
        for key in (("attack", "user", ""), ("order", "external", ""))
    ]
    for zone in ZONES:
        user = {label: found["harm", "user", label] for label in HARMS}
        own = {label: found.get(("harm", zone, label), user[label]) for label in HARMS}
        rarity = _rarity(own)
        for label in HARMS:
            # Documents are ordinary ones alone: what is likely in them is taken from prompts.
            likely = own[label] if any(own[label].bad) else user[label]
            made.append(_curve(("harm", zone, label), own[label], likely, rarity))
    return made


def _curve(key: Key, seen: Marks, likely: Marks, rarity: Callable[[float], float] | None) -> dict[str, Any]:
    head, zone, label = key
    scale, bias = platt(likely.bad, likely.scores)
    good = _good(seen)
    return {
        "head": head,
        "zone": zone,
        "label": label,
        "scale": round(max(scale, 1e-3), 6),
        "bias": round(bias, 6),
        "tables": [
            {"windows": windows, "points": _points(np.sort(scores), rarity)}
            for windows, scores in _tables(good)
        ],
    }


def _good(seen: Marks) -> list[tuple[float, int]]:
    """Return score and windows of the ordinary texts; of all harmless ones where none is ordinary."""
    rows = list(zip(seen.scores, seen.windows, seen.ordinary, seen.bad, strict=True))
    ordinary = [(score, windows) for score, windows, plain, bad in rows if plain and not bad]
    return ordinary or [(score, windows) for score, windows, _, bad in rows if not bad]


def _tables(good: Sequence[tuple[float, int]]) -> list[tuple[int, Scored]]:
    tables: list[tuple[int, Scored]] = []
    least = 0
    waiting: list[float] = []
    for most in BUCKETS:
        waiting += [score for score, windows in good if least < windows <= most]
        least = most
        if len(waiting) >= FEWEST:
            tables.append((most, np.asarray(waiting)))
            waiting = []
    if not tables:
        return [(BUCKETS[-1], np.asarray([score for score, _ in good]))]
    if waiting:
        # The longest texts are too few for a table of their own: they share the one of the next shorter ones.
        tables[-1] = (BUCKETS[-1], np.concatenate((tables[-1][1], waiting)))
    return tables


def _points(ascending: Scored, rarity: Callable[[float], float] | None) -> list[list[float]]:
    """Return scores with the share of ordinary texts that score at least that.

    Beyond the highest score that was seen, the tail is taken to fall as it fell over the last hundredth: as an exponential.
    """
    count = len(ascending)
    points: list[list[float]] = []

    def put(score: float, share: float) -> None:
        share = max(rarity(share) if rarity else share, 1e-6)
        rounded = round(float(score), 4)
        if not points or rounded > points[-1][0]:
            points.append([rounded, min(share, points[-1][1]) if points else share])

    put(float(ascending[0]), 1.0)
    for share in SHARES:
        rank = round(share * count)
        if rank >= 3:
            put(float(ascending[count - rank]), rank / count)
    tail = min(count, max(5, count // 100))
    start, top = float(ascending[-tail]), float(ascending[-1])
    mean = max(float((ascending[-tail:] - start).mean()), 0.05)
    last = points[-1]
    for share in SHARES:
        if share < last[1] and share < 3 / count:
            put(max(start + mean * np.log(tail / count / share), top if share < 1 / count else start), share)
    return points


def _rarity(own: Mapping[str, Marks]) -> Callable[[float], float]:
    """Return what turns the share of one label into that of all labels together."""
    ordinary = _ordinary(own)
    if not len(ordinary):
        return lambda share: min(1.0, share * len(own))
    shares = np.stack([_ranks(column) for column in ordinary.T])
    least = np.sort(shares.min(axis=0))

    def together(share: float) -> float:
        measured = float(np.searchsorted(least, share, side="right")) / len(least)
        return min(1.0, max(measured, share))

    return together


def _ordinary(own: Mapping[str, Marks]) -> Scored:
    """Return [texts, labels]: texts of which all labels are known and none holds."""
    columns = list(own.values())
    size = min(len(marks.scores) for marks in columns)
    if any(len(marks.scores) != size for marks in columns):
        return np.empty((0, len(columns)))
    scores = np.asarray([marks.scores for marks in columns]).T
    bad = np.asarray([marks.bad for marks in columns]).any(axis=0)
    ordinary = np.asarray(columns[0].ordinary) & ~bad
    return scores[ordinary] if ordinary.any() else scores[~bad]


def _ranks(column: Scored) -> Scored:
    """Return for each text the share that scores at least as high."""
    order = np.sort(column)
    return 1.0 - np.searchsorted(order, column, side="left") / len(column)


def least(reader: Reader, examples: Iterable[Example], tags: Tags) -> dict[str, float]:
    """Return for each type of name the probability from which on it is reported."""
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    zero = dict.fromkeys(tags.types, 0.0)
    for example in examples:
        wanted = {(s.start, s.end, s.type) for s in example.spans}
        for name in names(reader.read(example.text), tags, zero):
            right = any(s < name.end and e > name.start and t == name.type for s, e, t in wanted)
            found[name.type].append((name.probability, right))
    return {type_: _threshold(found[type_]) for type_ in tags.types}


def _threshold(found: list[tuple[float, bool]]) -> float:
    ordered = sorted(found, reverse=True)
    right, best = 0, 0.5
    for number, (probability, is_right) in enumerate(ordered, 1):
        right += is_right
        if right / number >= PRECISION:
            best = probability
    return round(min(0.9, max(0.35, best)), 3)
