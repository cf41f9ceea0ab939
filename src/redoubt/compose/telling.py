"""What goes to the operator's other systems: entries to sinks, spans and measures to a collector."""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from redoubt.compose.extras import needing
from redoubt.compose.storage import Stores
from redoubt.domain.settings import Settings
from redoubt.domain.telling import SinkKind, SinkSettings

if TYPE_CHECKING:
    from types import ModuleType

    from opentelemetry.proto.resource.v1.resource_pb2 import Resource
    from prometheus_client.core import Metric

    from redoubt.adapters.otlp.exporter import MeasureExporter, SpanExporter
    from redoubt.services.telemetry.recorder import Recorder
    from redoubt.services.telling.interface import Sink
    from redoubt.services.telling.teller import Teller, Watcher


def tellers(of: Settings, stores: Stores, watcher: "Watcher", version: str) -> "tuple[Teller, ...]":
    """Return what tells each sink that is configured. Raises ConfigError where one cannot be used."""
    from redoubt.services.telling.teller import Teller

    return tuple(
        Teller(each, _sink(each, of, version), stores.tail, watcher, time.time, random.random)
        for each in of.audit.sinks
    )


def _sink(of: SinkSettings, all_settings: Settings, version: str) -> "Sink":
    """Return one sink."""
    from redoubt.adapters.sinks.lines import FileSink, OutputSink
    from redoubt.adapters.sinks.posting import Post
    from redoubt.adapters.sinks.syslog import syslog_sink
    from redoubt.adapters.sinks.webhook import WebhookSink
    from redoubt.services.telling import ocsf, plain
    from redoubt.services.telling.signing import key_of

    name = f"audit.sinks.{of.name}"
    if of.kind is SinkKind.CEF:
        return syslog_sink(of, version)
    if of.kind is SinkKind.OTLP:
        logs, who = _otlp(all_settings, version)
        told = all_settings.telemetry
        ours = of.url == told.otlp_endpoint and not of.headers
        headers, ca_file = (told.headers, told.ca_file) if ours else (of.headers, of.ca_file)
        sink: Sink = logs.LogSink(Post(name, of.url, logs.PATH, headers, ca_file), who, version)
        return sink
    if of.path:
        line = plain.line if of.kind is SinkKind.JSONL else partial(ocsf.event, product_version=version)
        if of.path == "-":
            return OutputSink(line)
        return FileSink(Path(of.path), line, max_bytes=of.max_bytes, keep=of.keep)
    document = (
        plain.document if of.kind is SinkKind.WEBHOOK else partial(ocsf.document, product_version=version)
    )
    key = key_of(of.secret) if of.secret else b""
    return WebhookSink(Post(name, of.url, "", of.headers, of.ca_file), document, key)


def telemetry(of: Settings) -> "Recorder | None":
    """Return what takes note of exchanges; None where nothing is exported."""
    told = of.telemetry
    if not told.otlp_endpoint or not (told.traces or told.metrics):
        return None
    from redoubt.services.entropy import BufferedRandom
    from redoubt.services.telemetry.recorder import Recorder

    return Recorder(
        BufferedRandom(),
        sample=told.sample,
        traces=told.traces,
        metrics=told.metrics,
        forwards=told.forward_traceparent,
    )


def exporters(
    of: Settings,
    recorder: "Recorder",
    families: "Callable[[], Iterator[Metric]]",
    count: Callable[[str, int], None],
    version: str,
) -> "dict[str, SpanExporter | MeasureExporter]":
    """Return what posts spans and measures to the collector, by name. Raises ConfigError where the extra is not installed."""
    _, who = _otlp(of, version)
    from redoubt.adapters.otlp import measures, spans
    from redoubt.adapters.otlp.exporter import MeasureExporter, SpanExporter
    from redoubt.adapters.sinks.posting import Post

    told = of.telemetry

    def post(path: str) -> Post:
        return Post("telemetry.otlp_endpoint", told.otlp_endpoint, path, told.headers, told.ca_file)

    made: dict[str, SpanExporter | MeasureExporter] = {}
    if told.traces:
        made["spans"] = SpanExporter(recorder, post(spans.PATH), who, version, count)
    if told.metrics:
        made["measures"] = MeasureExporter(recorder, families, post(measures.PATH), who, version, time.time)
    return made


def _otlp(of: Settings, version: str) -> "tuple[ModuleType, Resource]":
    """Return the exporter of log records, and who speaks. Raises ConfigError where the extra ``telemetry`` is not installed."""
    with needing("telemetry", "opentelemetry", "google", what="OpenTelemetry"):
        from redoubt.adapters.otlp import logs, values
    return logs, values.resource(of.telemetry.service_name, version, _instance())


@cache
def _instance() -> str:
    """Return what names this process among those that export: the same in all that it sends."""
    return secrets.token_hex(8)
