"""Measures and the gateway's own metrics, cumulative since the process began."""

from collections.abc import Iterable, Iterator

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from prometheus_client.core import Metric as Family

from redoubt.adapters.otlp.values import attributes, nanos, scope
from redoubt.services.telemetry import conventions
from redoubt.services.telemetry.recorder import Measure

PATH = "/v1/metrics"
_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE


def request(
    measures: Iterable[Measure],
    families: Iterable[Family],
    who: Resource,
    version: str,
    *,
    since: float,
    now: float,
) -> bytes:
    """Return the body of an export; ``since`` is when counting began, both are seconds since the epoch."""
    times = nanos(since), nanos(now)
    metrics = [_measure(each, times) for each in measures if each.series]
    metrics += [metric for each in families if (metric := _family(each, times)) is not None]
    told = ScopeMetrics(scope=scope(version), metrics=metrics, schema_url=conventions.SCHEMA_URL)
    body: bytes = ExportMetricsServiceRequest(
        resource_metrics=[ResourceMetrics(resource=who, scope_metrics=[told])]
    ).SerializeToString()
    return body


def _measure(of: Measure, times: tuple[int, int]) -> Metric:
    points = [
        HistogramDataPoint(
            attributes=attributes(series.attributes),
            start_time_unix_nano=times[0],
            time_unix_nano=times[1],
            count=sum(series.counts),
            sum=series.total,
            bucket_counts=series.counts,
            explicit_bounds=of.bounds,
        )
        for series in of.series.values()
    ]
    histogram = Histogram(data_points=points, aggregation_temporality=_CUMULATIVE)
    return Metric(name=of.name, unit=of.unit, description=of.description, histogram=histogram)


def _family(of: Family, times: tuple[int, int]) -> Metric | None:
    """Return a family of Prometheus's as a metric; None where it has no values yet."""
    if not of.samples:
        return None
    name, text = of.name, of.documentation
    if of.type == "counter":
        summed = Sum(data_points=_numbers(of, times), aggregation_temporality=_CUMULATIVE, is_monotonic=True)
        return Metric(name=name, description=text, sum=summed)
    if of.type == "histogram":
        return Metric(
            name=name,
            description=text,
            unit="s",
            histogram=Histogram(data_points=_points(of, times), aggregation_temporality=_CUMULATIVE),
        )
    return Metric(name=name, description=text, gauge=Gauge(data_points=_numbers(of, times)))


def _numbers(of: Family, times: tuple[int, int]) -> list[NumberDataPoint]:
    return [
        NumberDataPoint(
            attributes=attributes(sample.labels),
            start_time_unix_nano=times[0],
            time_unix_nano=times[1],
            as_double=sample.value,
        )
        for sample in of.samples
    ]


def _points(of: Family, times: tuple[int, int]) -> Iterator[HistogramDataPoint]:
    """Yield a family's series: Prometheus has, for each bound, how many are not above it; OTLP wants how many are between two."""
    bounds: list[float] = []
    counts: list[int] = []
    before = 0.0
    for sample in of.samples:
        if sample.name.endswith("_bucket"):
            bounds.append(float(sample.labels["le"]))
            counts.append(round(sample.value - before))
            before = sample.value
        elif sample.name.endswith("_sum"):
            yield HistogramDataPoint(
                attributes=attributes(sample.labels),
                start_time_unix_nano=times[0],
                time_unix_nano=times[1],
                count=sum(counts),
                sum=sample.value,
                bucket_counts=counts,
                explicit_bounds=bounds[:-1],
            )
            bounds, counts, before = [], [], 0.0
