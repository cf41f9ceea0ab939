"""Exchanges as spans."""

from collections.abc import Iterable

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from redoubt.adapters.otlp.values import attributes, nanos, scope
from redoubt.services.telemetry import conventions
from redoubt.services.telemetry.interface import Seen

PATH = "/v1/traces"


def request(seen: Iterable[Seen], who: Resource, version: str) -> bytes:
    """Return the body of an export."""
    spans = ScopeSpans(
        scope=scope(version), spans=[_span(each) for each in seen], schema_url=conventions.SCHEMA_URL
    )
    body: bytes = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=who, scope_spans=[spans])]
    ).SerializeToString()
    return body


def _span(seen: Seen) -> Span:
    failed = conventions.failed(seen)
    return Span(
        trace_id=seen.span.trace_id,
        span_id=seen.span.span_id,
        parent_span_id=seen.span.parent_id,
        name=conventions.span_name(seen),
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=nanos(seen.begun_at),
        end_time_unix_nano=nanos(seen.begun_at + seen.seconds),
        attributes=attributes(conventions.span_attributes(seen)),
        status=Status(code=Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET),
    )
