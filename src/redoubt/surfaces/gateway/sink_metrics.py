"""Shows in metrics and log how those are told who want to know what the audit log holds."""

from dataclasses import dataclass

from redoubt.surfaces.gateway.metrics import Metrics
from redoubt.surfaces.gateway.problems import complain


@dataclass(frozen=True, slots=True)
class SinkMetrics:
    """Implements `redoubt.services.telling.teller.Watcher`."""

    metrics: Metrics

    def behind(self, sink: str, entries: int, seconds: float) -> None:
        """See `Watcher.behind`."""
        self.metrics.set("redoubt_audit_sink_lag_entries", entries, sink)
        self.metrics.set("redoubt_audit_sink_lag_seconds", seconds, sink)

    def sent(self, sink: str, entries: int) -> None:
        """See `Watcher.sent`."""
        self.metrics.count("redoubt_audit_sink_sent_entries", sink, by=entries)

    def failed(self, sink: str, error: Exception, pause: float) -> None:
        """See `Watcher.failed`. What it says is ours, and says nothing of what was to be told."""
        self.metrics.count("redoubt_audit_sink_failures", sink)
        complain(f"sink {sink} was not told ({error}); again in {pause:.0f} s", error)
