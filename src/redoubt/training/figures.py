"""How good the finished weights are, in few numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from redoubt.engine.guard.reading import Reader
from redoubt.engine.guard.statistics import auc, recall_at
from redoubt.engine.guard.tags import Tags, names
from redoubt.training.calibrate import marks
from redoubt.training.example import Example
from redoubt.training.unseen import Unseen

FALSE_POSITIVES = 0.01
"""Share of the good texts that may be flagged where recall is given."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How well one output tells bad texts from good ones."""

    head: str
    zone: str
    label: str
    bad: int
    good: int
    auc: float
    recall: float
    """At `FALSE_POSITIVES`."""


@dataclass(frozen=True, slots=True)
class NamesFigure:
    """How well names are found, at the thresholds that are shipped: a name counts that overlaps a marked one of its type."""

    marked: int
    reported: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all heads."""

    judged: tuple[Figure, ...]
    names: NamesFigure


def figures(reader: Reader, unseen: Unseen, tags: Tags, least: Mapping[str, float]) -> Figures:
    """Measure; an output whose texts all have the same label has no figure."""
    judged: list[Figure] = []
    for (head, zone, label), seen in sorted(marks(reader, unseen.judged).items()):
        area, recall = auc(seen.bad, seen.scores), recall_at(seen.bad, seen.scores, FALSE_POSITIVES)
        if area is not None and recall is not None:
            bad = sum(seen.bad)
            judged.append(Figure(head, zone, label, bad, len(seen.bad) - bad, area, recall[0]))
    return Figures(tuple(judged), _names(reader, unseen.named, tags, least))


def _names(
    reader: Reader, examples: Iterable[Example], tags: Tags, least: Mapping[str, float]
) -> NamesFigure:
    marked = reported = found = right = 0
    for example in examples:
        said = list(names(reader.read(example.text), tags, least))
        pairs = [
            (number, span)
            for number, name in enumerate(said)
            for span in example.spans
            if span.start < name.end and span.end > name.start and span.type == name.type
        ]
        marked += len(example.spans)
        reported += len(said)
        right += len({number for number, _ in pairs})
        found += len({span for _, span in pairs})
    return NamesFigure(marked, reported, right / max(1, reported), found / max(1, marked))
