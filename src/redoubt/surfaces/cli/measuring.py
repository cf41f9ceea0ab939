"""How good and how fast detection is on labelled data."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from redoubt.domain.document import Piece
from redoubt.domain.errors import InputError
from redoubt.domain.finding import Finding, judges
from redoubt.domain.taxonomy import TAXONOMY
from redoubt.engine.detect.interface import Detector
from redoubt.engine.detect.rule_detector import RuleDetector
from redoubt.engine.policy.model import Policy
from redoubt.pipeline.survey import Survey
from redoubt.surfaces.cli.labels import Row, Span, agrees, category_of

ENOUGH = 0.5
"""A span counts as found where so much of it is covered by findings that agree."""


@dataclass(slots=True)
class Tally:
    """Counts of one type."""

    labelled: int = 0
    found: int = 0
    exact: int = 0
    reported: int = 0
    wrong: int = 0


@dataclass(slots=True)
class Measure:
    """All counts of a run."""

    known: frozenset[str]
    types: dict[str, Tally] = field(default_factory=dict)
    by_label: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    """(label, flagged) -> texts."""
    rows: int = 0
    size: int = 0
    failed: int = 0
    clean: int = 0
    clean_flagged: int = 0
    characters: int = 0
    covered: int = 0
    cpu: float = 0.0
    times: list[float] = field(default_factory=list)

    def add(self, row: Row, findings: list[Finding]) -> None:
        """Count one text."""
        self.rows += 1
        if row.label is not None:
            self.by_label[row.label, bool(findings)] += 1
        if not row.spans and not row.label:
            self.clean += 1
            self.clean_flagged += bool(findings)
        if row.label is None:
            self._spans(row.spans, [f for f in findings if not judges(f.category)])

    def _spans(self, spans: tuple[Span, ...], findings: list[Finding]) -> None:
        for span in spans:
            tally = self.types.setdefault(span.type, Tally())
            wanted = category_of(span.type, self.known)
            right = [
                f
                for f in findings
                if f.start < span.end and f.end > span.start and agrees(f.category, wanted)
            ]
            # Settled values do not overlap, so their lengths add up.
            share = sum(min(f.end, span.end) - max(f.start, span.start) for f in right)
            tally.labelled += 1
            tally.found += share >= ENOUGH * (span.end - span.start)
            tally.exact += any((f.start, f.end) == (span.start, span.end) for f in right)
            self.characters += span.end - span.start
            self.covered += sum(
                min(f.end, span.end) - max(f.start, span.start)
                for f in findings
                if f.start < span.end and f.end > span.start
            )
        for found in findings:
            self._reported(found, spans)

    def _reported(self, found: Finding, spans: tuple[Span, ...]) -> None:
        """Count a finding for the type it belongs to: that of the span it overlaps, else one of the same category."""
        over = [s for s in spans if found.start < s.end and found.end > s.start]
        right = [s for s in over if agrees(found.category, category_of(s.type, self.known))]
        for span in right[:1]:
            self.types[span.type].reported += 1
        if not right:
            names = [t for t in self.types if agrees(found.category, category_of(t, self.known))]
            names.sort(key=lambda t: category_of(t, self.known) != found.category)
            tally = self.types.setdefault(names[0] if names else found.category, Tally())
            tally.reported += 1
            tally.wrong += 1

    def overall(self) -> dict[str, Any]:
        """Return the figures of all types together."""
        tallies = self.types.values()
        reported = sum(t.reported for t in tallies)
        labelled = sum(t.labelled for t in tallies)
        recall = ratio(sum(t.found for t in tallies), labelled)
        precision = ratio(reported - sum(t.wrong for t in tallies), reported)
        return {
            "labelled": labelled,
            "recall": recall,
            "reported": reported,
            "precision": precision,
            "f1": _f(precision, recall, 1),
            "f2": _f(precision, recall, 2),
            "characters_covered": ratio(self.covered, self.characters),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the figures."""
        labels = self.by_label
        return {
            "rows": self.rows,
            "bytes": self.size,
            "not_inspected": self.failed,
            "types": {name: self._type(name, tally) for name, tally in sorted(self.types.items())},
            "characters_covered": ratio(self.covered, self.characters),
            "clean": self.clean,
            "clean_flagged": self.clean_flagged,
            "clean_flagged_rate": ratio(self.clean_flagged, self.clean),
            "labels": _rates(
                labels[True, True], labels[True, False], labels[False, True], labels[False, False]
            )
            if labels
            else None,
            "speed": {
                **latency(self.times),
                "mb_per_cpu_second": self.size / 1e6 / self.cpu if self.cpu else 0.0,
            },
        }

    def _type(self, name: str, tally: Tally) -> dict[str, Any]:
        recall = ratio(tally.found, tally.labelled)
        precision = ratio(tally.reported - tally.wrong, tally.reported)
        return {
            "category": category_of(name, self.known),
            "labelled": tally.labelled,
            "recall": recall,
            "exact": ratio(tally.exact, tally.labelled),
            "reported": tally.reported,
            "precision": precision,
            "f1": _f(precision, recall, 1),
            "f2": _f(precision, recall, 2),
        }


def measure(
    rows: Iterable[Row],
    rules: RuleDetector,
    policy: Policy,
    *,
    least: float,
    guard: Detector | None = None,
) -> Measure:
    """Inspect every row and count."""
    known = {rule.category for rule in rules.rules} | {category.id for category in TAXONOMY if guard}
    result = Measure(frozenset(known))
    survey = Survey((rules,), policy, least=least, prose=(guard,) if guard else ())
    for row in rows:
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            findings = [s.finding for s in survey.sightings(Piece(row.text, "row"))]
        except InputError:
            findings, result.failed = [], result.failed + 1
        result.times.append(time.perf_counter() - wall)
        result.cpu += time.process_time() - cpu
        result.size += len(row.text.encode("utf-8", "replace"))
        result.add(row, findings)
    return result


def _rates(hit: int, missed: int, alarm: int, quiet: int) -> dict[str, float | None]:
    recall, precision = ratio(hit, hit + missed), ratio(hit, hit + alarm)
    return {
        "recall": recall,
        "precision": precision,
        "f1": _f(precision, recall, 1),
        "f2": _f(precision, recall, 2),
        "false_positive_rate": ratio(alarm, alarm + quiet),
    }


def ratio(part: int, whole: int) -> float | None:
    """Return the share, None where there is nothing to have a share of."""
    return part / whole if whole else None


def _f(precision: float | None, recall: float | None, beta: int) -> float | None:
    if precision is None or recall is None:
        return None
    bottom = beta * beta * precision + recall
    return (1 + beta * beta) * precision * recall / bottom if bottom else 0.0


def latency(times: list[float]) -> dict[str, float]:
    """Return the middle and the slowest hundredth of ``times``, which are seconds."""
    ordered = sorted(times)
    return {"p50_ms": 1000 * _at(ordered, 0.5), "p99_ms": 1000 * _at(ordered, 0.99)}


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0
