"""Attributes, resource and scope in OTLP's own form."""

from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from redoubt.services.telemetry.conventions import SCOPE, Attributes, Value


def value(of: Value) -> AnyValue:
    """Return one value."""
    match of:
        case bool():
            return AnyValue(bool_value=of)
        case int():
            return AnyValue(int_value=of)
        case float():
            return AnyValue(double_value=of)
        case tuple():
            return AnyValue(array_value=ArrayValue(values=[value(each) for each in of]))
    return AnyValue(string_value=of.encode("utf-8", "replace").decode())


def attributes(of: Attributes) -> Iterable[KeyValue]:
    """Return the attributes of a span, a point or a record."""
    return [KeyValue(key=key, value=value(each)) for key, each in of.items()]


def resource(service: str, version: str, instance: str) -> Resource:
    """Return who speaks: a service, its version, and this one gateway of it."""
    said: Attributes = {"service.name": service, "service.version": version, "service.instance.id": instance}
    return Resource(attributes=attributes(said))


def scope(version: str) -> InstrumentationScope:
    """Return the part of the service that speaks."""
    return InstrumentationScope(name=SCOPE, version=version)


def nanos(at: float) -> int:
    """Return ``at`` (seconds since the epoch) as OTLP counts time; it is good to the microsecond."""
    return max(0, round(at * 1_000_000) * 1000)
