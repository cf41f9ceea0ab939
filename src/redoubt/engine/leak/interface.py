"""The shape of what watches one exchange: it is made for the exchange, beside the detectors that all exchanges share."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from redoubt.domain.exchange import Role, Segment
from redoubt.domain.finding import Finding

SETTINGS = frozenset({Role.SYSTEM, Role.DEVELOPER, Role.TOOL_DEFINITION})
"""What an answer may repeat of its request: the operator's text in its own place, which tells nobody anything."""


class Beside(Protocol):
    """Finds things that only this exchange can tell: its operator's text, another person's value."""

    @property
    def id(self) -> str:
        """Stable id; it is written into audit entries when it fails."""

    def detect(self, segment: Segment, findings: Sequence[Finding]) -> Iterable[Finding]:
        """Return what is found in ``segment.text``, in order of start; ``findings`` are what the shared detectors found there.

        As with `redoubt.engine.detect.interface.Detector`: linear, any string is legal, an exception becomes a failure.
        """
