"""Counters for Prometheus. They hold no text that was inspected, no key and no name of a person.

Counted with plain numbers, since all counting is done in the one thread of the event loop, and handed to prometheus_client where they are
asked for: its own counters lock and look up at every step.
"""

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from redoubt.domain.evidence import Entry

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_FINE_SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1)
_MAX_SERIES = 2000
"""Of one metric; what would be one more is counted under ``other``."""

_Labels = tuple[str, ...]


class _Count:
    """A counter."""

    __slots__ = ("_help", "_labels", "_name", "_series")

    def __init__(self, name: str, help_text: str, labels: _Labels) -> None:
        self._name, self._help, self._labels = name, help_text, labels
        self._series: dict[_Labels, int] = {}

    def add(self, *labels: str) -> None:
        """Count one."""
        series = self._series
        if labels not in series and len(series) >= _MAX_SERIES:
            labels = ("other",) * len(labels)
        series[labels] = series.get(labels, 0) + 1

    def family(self) -> Metric:
        """Return all series."""
        family = CounterMetricFamily(self._name, self._help, labels=self._labels)
        for labels, value in self._series.items():
            family.add_metric(labels, value)
        return family


class _Times:
    """A histogram of seconds."""

    __slots__ = ("_bounds", "_help", "_labels", "_name", "_series")

    def __init__(self, name: str, help_text: str, labels: _Labels, bounds: tuple[float, ...]) -> None:
        self._name, self._help, self._labels, self._bounds = name, help_text, labels, bounds
        self._series: dict[_Labels, list[float]] = {}

    def add(self, seconds: float, *labels: str) -> None:
        """Take one time."""
        series = self._series.get(labels)
        if series is None:
            series = self._series[labels] = [0.0] * (len(self._bounds) + 2)  # the last one is the sum
        series[bisect_left(self._bounds, seconds)] += 1
        series[-1] += seconds

    def family(self) -> Metric:
        """Return all series; each bucket holds those before it, as the format asks."""
        family = HistogramMetricFamily(self._name, self._help, labels=self._labels)
        for labels, (*counts, total) in self._series.items():
            buckets, so_far = [], 0.0
            for bound, count in zip((*self._bounds, float("inf")), counts, strict=True):
                so_far += count
                buckets.append(("+Inf" if bound == float("inf") else str(float(bound)), so_far))
            family.add_metric(labels, buckets, total)
        return family


class Metrics:
    """The gateway's own registry; nothing of it is global."""

    def __init__(self) -> None:
        self._requests = _Count("redoubt_requests", "Requests answered.", ("api", "decision", "status"))
        self._seconds = _Times(
            "redoubt_request_seconds", "From a request's head to its answer's end.", ("api",), _SECONDS
        )
        self._findings = _Count("redoubt_findings", "Findings acted on.", ("category", "action"))
        self._upstream_errors = _Count(
            "redoubt_upstream_errors", "Calls that failed at a provider.", ("upstream", "status")
        )
        self._audit = _Times(
            "redoubt_audit_append_seconds", "Until an audit entry was durable.", (), _FINE_SECONDS
        )
        self._checkpoint_failures = _Count(
            "redoubt_checkpoint_failures", "Checkpoints not signed or not delivered.", ("cause",)
        )
        self._checkpoint_size, self._checkpoint_at = 0, 0.0
        self.in_flight = 0
        """Requests under way."""
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def answered(self, api: str, decision: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.add(api, decision, str(status))
        self._seconds.add(seconds, api)

    def recorded(self, entry: Entry, seconds: float) -> None:
        """Count an entry that is durable, and what was found."""
        self._audit.add(seconds)
        for record in entry.findings:
            self._findings.add(record.finding.category, record.action)

    def upstream_failed(self, upstream: str, status: int) -> None:
        """Count a failure of a provider."""
        self._upstream_errors.add(upstream, str(status))

    def checkpointed(self, size: int, at: float) -> None:
        """Note the latest checkpoint: entries that it vouches for, and when it was signed."""
        self._checkpoint_size, self._checkpoint_at = size, at

    def checkpoint_failed(self, cause: str) -> None:
        """Count a checkpoint that was not signed (``tampered``, ``store``) or did not reach an outlet (its name)."""
        self._checkpoint_failures.add(cause)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics (prometheus_client's port)."""
        counts = (self._requests, self._seconds, self._findings, self._upstream_errors, self._audit)
        for each in (*counts, self._checkpoint_failures):
            yield each.family()
        size, at = self._checkpoint_size, self._checkpoint_at
        yield GaugeMetricFamily(
            "redoubt_checkpoint_entries", "Entries the latest checkpoint vouches for.", value=size
        )
        yield GaugeMetricFamily("redoubt_checkpoint_timestamp_seconds", "When it was signed.", value=at)
        yield GaugeMetricFamily("redoubt_in_flight", "Requests under way.", value=self.in_flight)

    def render(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self._registry)
