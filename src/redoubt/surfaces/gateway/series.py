"""Numbers by labels, as Prometheus wants them: counters, histograms, gauges.

Counted with plain numbers, since all counting is done in the one thread of the event loop, and handed to prometheus_client where they are
asked for: its own counters lock and look up at every step.
"""

from bisect import bisect_left
from collections.abc import Callable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

MAX_SERIES = 2000
"""Of one metric; what would be one more is counted under ``other``."""

Labels = tuple[str, ...]


class Count:
    """A counter."""

    __slots__ = ("_help", "_labels", "_limit", "_name", "_series")

    def __init__(self, name: str, help_text: str, labels: Labels, limit: int = MAX_SERIES) -> None:
        self._name, self._help, self._labels, self._limit = name, help_text, labels, limit
        self._series: dict[Labels, float] = {}

    def add(self, *labels: str, by: float = 1) -> None:
        """Count one, or ``by`` so many."""
        series = self._series
        if labels not in series and len(series) >= self._limit:
            labels = ("other",) * len(labels)
        series[labels] = series.get(labels, 0) + by

    def family(self) -> Metric:
        """Return all series."""
        family = CounterMetricFamily(self._name, self._help, labels=self._labels)
        for labels, value in self._series.items():
            family.add_metric(labels, value)
        return family


class Times:
    """A histogram of seconds."""

    __slots__ = ("_bounds", "_help", "_labels", "_name", "_series")

    def __init__(self, name: str, help_text: str, labels: Labels, bounds: tuple[float, ...]) -> None:
        self._name, self._help, self._labels, self._bounds = name, help_text, labels, bounds
        self._series: dict[Labels, list[float]] = {}

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


class Gauge:
    """A number that goes up and down: set by who knows it, or asked for when it is read."""

    __slots__ = ("_asked", "_help", "_labels", "_name", "_series")

    def __init__(self, name: str, help_text: str, labels: Labels) -> None:
        self._name, self._help, self._labels = name, help_text, labels
        self._series: dict[Labels, float] = {}
        self._asked: dict[Labels, Callable[[], float]] = {}

    def set(self, value: float, *labels: str) -> None:
        """Take the number as it stands; beyond the limit of series a new one is left out."""
        if labels in self._series or len(self._series) < MAX_SERIES:
            self._series[labels] = value

    def follow(self, ask: Callable[[], float], *labels: str) -> None:
        """Ask for the number whenever it is read; ``ask`` answers at once and raises nothing."""
        self._asked[labels] = ask

    def family(self) -> Metric:
        """Return all series."""
        family = GaugeMetricFamily(self._name, self._help, labels=self._labels)
        for labels, value in self._series.items():
            family.add_metric(labels, value)
        for labels, ask in self._asked.items():
            family.add_metric(labels, ask())
        return family
