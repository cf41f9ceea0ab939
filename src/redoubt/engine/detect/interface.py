"""The shape of a detector: the port behind which rules, guard models and other people's detectors stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding


class Unit(StrEnum):
    """What a detector must see whole to judge it."""

    WORD = "word"
    """A value and the few words around it."""
    SENTENCE = "sentence"


class Detector(Protocol):
    """Finds things in one segment. It may read role and trust, and knows nothing of policy."""

    @property
    def id(self) -> str:
        """Stable id; it is written into audit entries when the detector fails."""

    @property
    def version(self) -> str:
        """Changes whenever the same text could give other findings; part of the cache key."""

    @property
    def unit(self) -> Unit:
        """What it judges: a stream is cut so that it sees such a unit whole (docs/design/005-streaming.md)."""

    @property
    def slow(self) -> bool:
        """Whether it takes milliseconds for a sentence, as a model does: it is then kept off the event loop."""

    def detect(self, segment: Segment) -> Iterable[Finding]:
        """Return what is found in ``segment.text``, in order of start.

        Cost is linear in the text. Any string is a legal input. An exception is caught by `scan` and becomes a failure.
        """


@dataclass(frozen=True, slots=True)
class Scan:
    """All that the detectors said about one segment."""

    findings: tuple[Finding, ...] = ()
    """Sorted by start; settled: no two values overlap (see `redoubt.engine.detect.overlaps`)."""
    failed: tuple[str, ...] = ()
    """Ids of the detectors that raised."""
