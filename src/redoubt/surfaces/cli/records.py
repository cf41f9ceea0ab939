"""A finding as reports hold it, and the sum of a scan."""

import hmac
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from redoubt.domain.document import Unread
from redoubt.pipeline.survey import Sighting
from redoubt.surfaces.cli.samples import sample

FINGERPRINT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Record:
    """One finding. It crosses from the worker that made it; only `value`, where asked for, holds what was found."""

    file: str
    line: int
    column: int
    place: str
    category: str
    rule: str
    start: int
    end: int
    confidence: float
    view: str
    action: str
    sample: str
    fingerprint: str
    """HMAC-SHA-256 of file, rule and value under the key of the baseline, cut to 128 bits; empty without a key."""
    value: str | None = None
    false_alarm: float | None = None
    """As `Finding.false_alarm`."""

    def where(self) -> str:
        """Return file, line and column, as editors and terminals link them; and the place where lines do not say it."""
        at = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{at} ({self.place})" if self.place else at

    def as_json(self) -> dict[str, Any]:
        """Return the members as JSON has them."""
        members = asdict(self)
        for name in ("value", "false_alarm"):
            if members[name] is None:
                del members[name]
        return members


@dataclass(slots=True)
class Report:
    """What a scan came to."""

    records: list[Record] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    files: int = 0
    binary: int = 0
    """Files without text."""
    size: int = 0
    """Bytes that were read."""
    left_out: int = 0
    """Findings beyond what a report holds."""
    known: int = 0
    """Findings that the baseline holds."""

    def failed(self) -> bool:
        """Tell whether nothing could be read of what was asked for."""
        return bool(self.unread) and not self.files


def record_of(sighting: Sighting, key: bytes, *, show: bool) -> Record:
    """Return the record of a sighting."""
    found, at = sighting.finding, sighting.location
    told = f"{sighting.name}\0{found.rule}\0{sighting.value}".encode("utf-8", "surrogatepass")
    return Record(
        file=sighting.name,
        line=at.line,
        column=at.column,
        place=at.place,
        category=found.category,
        rule=found.rule,
        start=found.start,
        end=found.end,
        confidence=round(found.confidence, 3),
        view=found.view,
        action=sighting.action,
        sample=sample(found.category, sighting.value),
        fingerprint=hmac.digest(key, told, sha256).hex()[: 2 * FINGERPRINT_BYTES] if key else "",
        value=sighting.value if show else None,
        false_alarm=found.false_alarm,
    )


def by_category(records: list[Record]) -> Iterator[tuple[str, int]]:
    """Yield categories with how often each was found, the most frequent first."""
    counts: dict[str, int] = {}
    for record in records:
        counts[record.category] = counts.get(record.category, 0) + 1
    yield from sorted(counts.items(), key=lambda item: (-item[1], item[0]))
