"""What Prometheus reads at ``/metrics``. It holds no text that was inspected, no key and no name of a person."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from redoubt.domain.evidence import Entry
from redoubt.services.telemetry.conventions import word
from redoubt.surfaces.gateway.instruments import COUNTERS, GAUGES
from redoubt.surfaces.gateway.series import Count, Gauge, Times

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_FINE_SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1)
MAX_MODELS = 200
"""Pairs of upstream and model whose tokens are counted apart, each in two directions; others are counted as ``other``."""


class Metrics:
    """The gateway's own registry; nothing of it is global."""

    def __init__(self) -> None:
        self._requests = Count("redoubt_requests", "Requests answered.", ("api", "decision", "status"))
        self._seconds = Times(
            "redoubt_request_seconds", "From a request's head to its answer's end.", ("api",), _SECONDS
        )
        self._findings = Count("redoubt_findings", "Findings acted on.", ("category", "action"))
        self._tokens = Count(
            "redoubt_tokens",
            "Tokens that providers counted.",
            ("upstream", "model", "direction"),
            limit=2 * MAX_MODELS,
        )
        self._upstream_errors = Count(
            "redoubt_upstream_errors", "Calls that failed at a provider.", ("upstream", "status")
        )
        self._audit = Times(
            "redoubt_audit_append_seconds", "Until an audit entry was durable.", (), _FINE_SECONDS
        )
        self._counters = {name: Count(name, text, labels) for name, text, labels in COUNTERS}
        self._gauges = {name: Gauge(name, text, labels) for name, text, labels in GAUGES}
        self.in_flight = 0
        """Requests under way."""
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def answered(self, api: str, decision: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.add(api, decision, str(status))
        self._seconds.add(seconds, api)

    def recorded(self, entry: Entry, seconds: float) -> None:
        """Count an entry that is durable, what was found, and the tokens that the provider counted.

        Only an answer has tokens, so that no caller can make up names of models here.
        """
        self._audit.add(seconds)
        for record in entry.findings:
            self._findings.add(record.finding.category, record.action)
        for direction, tokens in (("input", entry.input_tokens), ("output", entry.output_tokens)):
            if tokens:
                self._tokens.add(entry.upstream, word(entry.model), direction, by=tokens)

    def upstream_failed(self, upstream: str, status: int) -> None:
        """Count a failure of a provider."""
        self._upstream_errors.add(upstream, str(status))

    def part_failed(self, part: str) -> None:
        """Count a failure of a background part."""
        self.count("redoubt_background_failures", part)

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        """Count with a counter of `instruments.COUNTERS`; raises KeyError for another name."""
        self._counters[name].add(*labels, by=by)

    def set(self, name: str, value: float, *labels: str) -> None:
        """Set a gauge of `instruments.GAUGES`; raises KeyError for another name."""
        self._gauges[name].set(value, *labels)

    def follow(self, name: str, ask: Callable[[], float], *labels: str) -> None:
        """Have a gauge of `instruments.GAUGES` asked for when it is read; ``ask`` answers at once and raises nothing."""
        self._gauges[name].follow(ask, *labels)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics (prometheus_client's port)."""
        plain = (self._requests, self._findings, self._tokens, self._upstream_errors)
        for counter in (*plain, *self._counters.values()):
            yield counter.family()
        for times in (self._seconds, self._audit):
            yield times.family()
        for gauge in self._gauges.values():
            yield gauge.family()
        yield GaugeMetricFamily("redoubt_in_flight", "Requests under way.", value=self.in_flight)

    def render(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self._registry)
