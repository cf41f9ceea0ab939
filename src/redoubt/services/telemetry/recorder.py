"""Keeps what was seen until somebody fetches it: bounded, without a lock, in the one thread of the event loop."""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from redoubt.services.telemetry import conventions
from redoubt.services.telemetry.conventions import Attributes
from redoubt.services.telemetry.interface import Seen
from redoubt.services.telemetry.trace import Span, span

MAX_SPANS = 20_000
"""Kept; beyond, new ones are dropped and counted."""
MAX_SERIES = 1000
"""Of one measure; what would be one more is counted under ``other``."""


@dataclass(slots=True)
class Series:
    """A histogram for one set of attributes."""

    attributes: Attributes
    counts: list[int]
    """One more than there are bounds: the last one holds what is above all of them."""
    total: float = 0.0


@dataclass(slots=True)
class Measure:
    """A histogram by attributes."""

    name: str
    unit: str
    description: str
    bounds: tuple[float, ...]
    series: dict[tuple[object, ...], Series] = field(default_factory=dict)

    def add(self, value: float, attributes: Attributes) -> None:
        """Take one value."""
        key = tuple(attributes.values())
        found = self.series.get(key)
        if found is None:
            if len(self.series) >= MAX_SERIES:
                attributes = dict.fromkeys(attributes, conventions.OTHER)
                key = tuple(attributes.values())
            found = self.series.setdefault(key, Series(attributes, [0] * (len(self.bounds) + 1)))
        found.counts[bisect_left(self.bounds, value)] += 1
        found.total += value


class Recorder:
    """Implements `Telemetry`."""

    def __init__(
        self,
        random: Callable[[int], bytes],
        *,
        sample: float = 1.0,
        traces: bool = True,
        metrics: bool = True,
        forwards: bool = False,
    ) -> None:
        self._random, self._sample = random, sample if traces else 0.0
        self._traces, self._metrics = traces, metrics
        self.forwards = forwards
        self.dropped = 0
        """Spans for which there was no room."""
        self._spans: deque[Seen] = deque()
        self.tokens = Measure(*conventions.TOKEN_USAGE, conventions.TOKEN_BOUNDS)
        self.durations = Measure(*conventions.DURATION, conventions.DURATION_BOUNDS)

    def begin(self, traceparent: bytes) -> Span:
        """See `Telemetry.begin`."""
        return span(traceparent, self._random, self._sample)

    def end(self, seen: Seen) -> None:
        """See `Telemetry.end`."""
        if self._traces and seen.span.sampled:
            if len(self._spans) < MAX_SPANS:
                self._spans.append(seen)
            else:
                self.dropped += 1
        if self._metrics and seen.upstream:
            self._measure(seen)

    def take(self, most: int) -> tuple[Seen, ...]:
        """Return up to ``most`` exchanges whose spans were not fetched yet, oldest first, and forget them."""
        return tuple(self._spans.popleft() for _ in range(min(most, len(self._spans))))

    def _measure(self, seen: Seen) -> None:
        attributes = conventions.common(seen)
        failed = conventions.failed(seen)
        self.durations.add(seen.seconds, {**attributes, "error.type": failed} if failed else attributes)
        for kind, tokens in (("input", seen.input_tokens), ("output", seen.output_tokens)):
            if tokens is not None:
                self.tokens.add(tokens, {**attributes, "gen_ai.token.type": kind})
