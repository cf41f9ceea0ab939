"""Runs one head of the guard models over labelled data, as the gateway would run it."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from redoubt.domain.errors import InputError, ServiceError
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.domain.taxonomy import TAXONOMY
from redoubt.engine.guard.calibration import Zone
from redoubt.engine.guard.detector import NAMES, GuardDetector
from redoubt.engine.guard.reading import Reading
from redoubt.surfaces.cli.judging import Judged
from redoubt.surfaces.cli.labels import COLUMNS, Row
from redoubt.surfaces.cli.measuring import Measure, latency

HEADS: dict[str, tuple[Zone, ...]] = {
    "attack": ("user", "external"),
    "harm": ("user", "external", "answer"),
    "names": ("user", "external"),
}
"""By head the zones in which it is asked."""
MOST_GROUPS = 64
"""Values of one column that are counted apart; what comes after is counted together."""
OTHERS = "(others)"

_STANDS: dict[Zone, tuple[Role, Trust]] = {
    "user": (Role.USER, Trust.USER),
    "external": (Role.DOCUMENT, Trust.EXTERNAL),
    "answer": (Role.ASSISTANT, Trust.MODEL),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the guard said of a row."""

    row: Row
    findings: tuple[Finding, ...]
    forms: tuple[Reading, ...]
    """The text and its hidden forms, as they were read."""


@dataclass(slots=True)
class _Run:
    """Counts what concerns no head in particular."""

    times: list[float] = field(default_factory=list)
    failed: int = 0

    def over(self, rows: Iterable[Row], guard: GuardDetector, zone: Zone) -> Iterator[Seen]:
        """Yield what the guard says of each row; of one that it could not inspect nothing."""
        role, trust = _STANDS[zone]
        for row in rows:
            forms: list[Reading] = []
            begun = time.perf_counter()
            try:
                findings = guard.detect(Segment(row.text, role, trust), forms.append)
            except (InputError, ServiceError):
                self.failed += 1
                continue
            self.times.append(time.perf_counter() - begun)
            yield Seen(row, findings, tuple(forms))


def measure_head(rows: Iterable[Row], guard: GuardDetector, head: str, zone: Zone) -> dict[str, Any]:
    """Return how good and how fast a head of `HEADS` is in one of its zones."""
    run = _Run()
    seen = run.over(rows, guard, zone)
    said = _names(seen) if head == "names" else _judged(seen, guard, head, zone)
    known = guard.metadata
    return {
        "head": head,
        "zone": zone,
        "weights": f"{known.version} sha256:{known.digest[:16]}",
        **said,
        "not_inspected": run.failed,
        "speed": latency(run.times),
    }


def _judged(seen: Iterable[Seen], guard: GuardDetector, head: str, zone: Zone) -> dict[str, Any]:
    judged = Judged(guard.metadata, head, zone)
    groups = _Groups()
    for one in seen:
        if judged.add(one.row, one.findings, one.forms):
            groups.add(one.row)
    return judged.as_json(groups.members)


def _names(seen: Iterable[Seen]) -> dict[str, Any]:
    known = frozenset(category.id for category in TAXONOMY)
    whole = Measure(known)
    groups = _Groups()
    apart: dict[tuple[str, str], Measure] = {}
    for one in seen:
        found = [f for f in one.findings if f.rule == NAMES]
        whole.add(one.row, found)
        for group in groups.add(one.row):
            apart.setdefault(group, Measure(known)).add(one.row, found)
    figures = whole.as_json()
    by: dict[str, dict[str, Any]] = {}
    for (column, value), measure in sorted(apart.items()):
        by.setdefault(column, {})[value] = {"n": measure.rows, **measure.overall()}
    kept = ("types", "clean", "clean_flagged", "clean_flagged_rate")
    return {"n": whole.rows, **whole.overall(), **{key: figures[key] for key in kept}, "by": by}


@dataclass(slots=True)
class _Groups:
    """Which rows, by number, have the same kind, source or language."""

    rows: int = 0
    members: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))

    def add(self, row: Row) -> list[tuple[str, str]]:
        """Note the next row and return its groups."""
        joined = [self._group(column, value) for column, value in row.groups]
        for group in joined:
            self.members.setdefault(group, []).append(self.rows)
        self.rows += 1
        return joined

    def _group(self, column: str, value: str) -> tuple[str, str]:
        if (column, value) in self.members:
            return column, value
        if self._values[column] >= MOST_GROUPS:
            return column, OTHERS
        self._values[column] += 1
        return column, value
