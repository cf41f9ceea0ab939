"""How well a head of the guard models tells bad texts from good ones: without a threshold, and at each operating point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from redoubt.domain.finding import Finding
from redoubt.engine.guard.calibration import Metadata, Zone
from redoubt.engine.guard.detector import ATTACK, HARM, ORDER
from redoubt.engine.guard.reading import Reading
from redoubt.engine.guard.scores import attacks, harms, orders
from redoubt.engine.guard.statistics import (
    Floats,
    auc,
    average_precision,
    calibration,
    calibration_error,
    interval,
    recall_at,
)
from redoubt.engine.policy.model import Point
from redoubt.surfaces.cli.labels import Row

FALSE_POSITIVES = (0.01, 0.003, 0.001)
"""Shares of good texts at which recall is given."""
LOWEST = -60.0
"""Calibrated logit of a text that holds nothing to be read."""
_RULES = frozenset({ATTACK, ORDER, HARM})


@dataclass(slots=True)
class Scored:
    """Texts, each with its label, the calibrated logit of its worst passage, and how rare its clearest finding is."""

    bad: list[bool] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    alarms: list[float] = field(default_factory=list)
    """The smallest `Finding.false_alarm`; 1 where nothing was found."""

    def add(self, score: float, alarm: float, *, bad: bool) -> None:
        """Note one text."""
        self.bad.append(bad)
        self.scores.append(score)
        self.alarms.append(alarm)

    def of(self, members: Sequence[int]) -> "Scored":
        """Return the texts of these numbers."""
        return Scored(
            [self.bad[i] for i in members],
            [self.scores[i] for i in members],
            [self.alarms[i] for i in members],
        )

    def as_json(self) -> dict[str, Any]:
        """Return the figures; None where a figure needs texts of a label that there are none of."""
        bad, scores, alarms = np.asarray(self.bad, bool), np.asarray(self.scores), np.asarray(self.alarms)
        positives = int(bad.sum())
        return {
            "n": len(bad),
            "positives": positives,
            "auc": auc(bad, scores),
            "auprc": average_precision(bad, scores),
            "recall_at": {f"{share:g}": _recall(self, share) for share in FALSE_POSITIVES},
            "points": {
                point.value: {
                    "found": _share(int((alarms[bad] <= point.share).sum()), positives),
                    "false_alarms": _share(int((alarms[~bad] <= point.share).sum()), len(bad) - positives),
                }
                for point in Point
            },
            "ece": calibration_error(bad, _chances(scores)) if len(bad) else None,
        }

    def calibration(self) -> list[dict[str, float]]:
        """Return what the scores said against what was, by groups of texts with like scores; with intervals of 95 %."""
        groups = calibration(np.asarray(self.bad, bool), _chances(np.asarray(self.scores)))
        ends = [interval(round(was * count), count) for count, _, was in groups]
        return [
            {"n": count, "said": said, "was": was, "low": low, "high": high}
            for (count, said, was), (low, high) in zip(groups, ends, strict=True)
        ]


class Judged:
    """Collects what a head said of labelled texts, as a whole and, of harm, by label."""

    def __init__(self, metadata: Metadata, head: str, zone: Zone) -> None:
        self._metadata, self._head, self._zone = metadata, head, zone
        self._whole = Scored()
        self._labels: dict[str, Scored] = {}
        self._unlabelled = 0

    def add(self, row: Row, findings: Sequence[Finding], forms: Sequence[Reading]) -> bool:
        """Count a text; tell whether it has a label that concerns the head."""
        label = row.label if row.label is not None or not row.labels else any(row.labels.values())
        if label is None:
            self._unlabelled += 1
            return False
        scores = self._scores(forms)
        own = [f for f in findings if f.rule in _RULES and (f.rule == HARM) == (self._head == "harm")]
        self._whole.add(max(scores.values()), _clearest(own), bad=label)
        for name, holds in row.labels.items():
            if name in scores:
                alarm = _clearest([f for f in own if f.category == f"harm.{name}"])
                self._labels.setdefault(name, Scored()).add(scores[name], alarm, bad=holds)
        return True

    def _scores(self, forms: Sequence[Reading]) -> dict[str, float]:
        """Return by label the calibrated logit of the worst passage of all forms."""
        if self._head == "harm":
            answer = self._zone == "answer"
            return {
                label: self._worst(
                    "harm", label, [p.score for r in forms for p in harms(r, number, answer=answer)]
                )
                for number, label in enumerate(self._metadata.harms)
            }
        if self._zone == "external":
            return {"": self._worst("order", "", [p.score for r in forms for p in orders(r)])}
        return {"": self._worst("attack", "", [p.score for r in forms for p in attacks(r)])}

    def _worst(self, head: Any, label: str, scores: list[float]) -> float:
        curve = self._metadata.curves[head, self._zone, label]
        return max((curve.scale * score + curve.bias for score in scores), default=LOWEST)

    def as_json(self, groups: Mapping[tuple[str, str], Sequence[int]]) -> dict[str, Any]:
        """Return the figures, also of each group: column, value and the numbers of its texts."""
        by: dict[str, dict[str, Any]] = {}
        for (column, value), members in sorted(groups.items()):
            by.setdefault(column, {})[value] = self._whole.of(members).as_json()
        return {
            **self._whole.as_json(),
            "calibration": self._whole.calibration(),
            "labels": {name: scored.as_json() for name, scored in sorted(self._labels.items())},
            "by": by,
            "unlabelled": self._unlabelled,
        }


def _chances(scores: Floats) -> Floats:
    """Return the chances that calibrated logits stand for."""
    chances: Floats = 1 / (1 + np.exp(-np.clip(scores, LOWEST, -LOWEST)))
    return chances


def _clearest(findings: Sequence[Finding]) -> float:
    return min((f.false_alarm for f in findings if f.false_alarm is not None), default=1.0)


def _recall(scored: Scored, share: float) -> dict[str, float] | None:
    found = recall_at(scored.bad, scored.scores, share)
    if found is None:
        return None
    recall, threshold = found
    positives = sum(scored.bad)
    low, high = interval(round(recall * positives), positives)
    return {"recall": recall, "low": low, "high": high, "threshold": threshold}


def _share(hits: int, of: int) -> dict[str, float] | None:
    """Return a share with the ends of its interval of 95 %."""
    if not of:
        return None
    low, high = interval(hits, of)
    return {"share": hits / of, "low": low, "high": high}
