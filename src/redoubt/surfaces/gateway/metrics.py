"""Counters for Prometheus. They hold no text that was inspected, no key and no name of a person."""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from redoubt.domain.evidence import Entry

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_FINE_SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1)
_MAX_SERIES = 2000


class Metrics:
    """The gateway's own registry; nothing of it is global."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Counter(
            "redoubt_requests", "Requests answered.", ("api", "decision", "status"), registry=registry
        )
        self._seconds = Histogram(
            "redoubt_request_seconds",
            "From a request's head to its answer's end.",
            ("api",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._findings = Counter(
            "redoubt_findings", "Findings acted on.", ("category", "action"), registry=registry
        )
        self._upstream_errors = Counter(
            "redoubt_upstream_errors",
            "Calls that failed at a provider.",
            ("upstream", "status"),
            registry=registry,
        )
        self._audit = Histogram(
            "redoubt_audit_append_seconds",
            "Until an audit entry was durable.",
            buckets=_FINE_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge("redoubt_in_flight", "Requests under way.", registry=registry)
        self._children: dict[tuple[object, ...], Any] = {}

    def answered(self, api: str, decision: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._child(self._requests, api, decision, str(status)).inc()
        self._child(self._seconds, api).observe(seconds)

    def recorded(self, entry: Entry, seconds: float) -> None:
        """Count an entry that is durable, and what was found."""
        self._audit.observe(seconds)
        for record in entry.findings:
            self._child(self._findings, record.finding.category, record.action).inc()

    def upstream_failed(self, upstream: str, status: int) -> None:
        """Count a failure of a provider."""
        self._child(self._upstream_errors, upstream, str(status)).inc()

    def render(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self._registry)

    def _child(self, metric: Any, *labels: str) -> Any:
        """Return the series of ``labels``; looking one up in prometheus_client costs more than counting."""
        key = (metric, *labels)
        child = self._children.get(key)
        if child is None:
            child = metric.labels(*labels)
            if len(self._children) < _MAX_SERIES:
                self._children[key] = child
        return child
