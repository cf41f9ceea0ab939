"""Entries of the audit log as log records."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from redoubt.adapters.otlp.values import attributes, nanos, scope, value
from redoubt.adapters.sinks.posting import Post
from redoubt.domain.telling import Severity
from redoubt.services.telemetry.conventions import Attributes, Value
from redoubt.services.telling.clean import CATEGORIES, categories, clean
from redoubt.services.telling.interface import Told
from redoubt.services.telling.severity import severity

PATH = "/v1/logs"
HEADERS = (("content-type", "application/x-protobuf"),)
_LEVELS = {
    Severity.INFORMATIONAL: (SeverityNumber.SEVERITY_NUMBER_INFO, "INFO"),
    Severity.LOW: (SeverityNumber.SEVERITY_NUMBER_INFO2, "INFO2"),
    Severity.MEDIUM: (SeverityNumber.SEVERITY_NUMBER_WARN, "WARN"),
    Severity.HIGH: (SeverityNumber.SEVERITY_NUMBER_ERROR, "ERROR"),
}


class LogSink:
    """A collector that takes entries."""

    def __init__(
        self, post: Post, who: Resource, version: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._post, self._who, self._version, self._clock = post, who, version, clock

    async def deliver(self, batch: Sequence[Told]) -> None:
        """See `Sink.deliver`."""
        body = await asyncio.to_thread(request, batch, self._who, self._version, self._clock())
        await self._post.send(body, HEADERS)

    async def aclose(self) -> None:
        """See `Sink.aclose`."""
        await self._post.aclose()


def request(batch: Iterable[Told], who: Resource, version: str, now: float) -> bytes:
    """Return the body of an export; ``now``: when it is told, in seconds since the epoch."""
    logs = ScopeLogs(scope=scope(version), log_records=[_record(told, now) for told in batch])
    body: bytes = ExportLogsServiceRequest(
        resource_logs=[ResourceLogs(resource=who, scope_logs=[logs])]
    ).SerializeToString()
    return body


def _record(told: Told, now: float) -> LogRecord:
    entry = told.entry
    number, text = _LEVELS[severity(entry)]
    return LogRecord(
        time_unix_nano=nanos(entry.at),
        observed_time_unix_nano=nanos(now),
        severity_number=number,
        severity_text=text,
        event_name=f"redoubt.audit.{entry.kind}",
        body=value(f"{entry.kind} {entry.decision}"),
        attributes=attributes(_attributes(told)),
    )


def _attributes(told: Told) -> Attributes:
    entry = told.entry
    said: dict[str, Value | None] = {
        "redoubt.audit.index": told.index,
        "redoubt.audit.leaf": told.leaf.hex(),
        "redoubt.exchange.id": entry.exchange,
        "redoubt.decision": entry.decision,
        "redoubt.principal": clean(entry.principal),
        "redoubt.subject": clean(entry.subject),
        "redoubt.app": clean(entry.app),
        "redoubt.tenant": clean(entry.tenant),
        "redoubt.api": clean(entry.api),
        "redoubt.upstream": clean(entry.upstream) or None,
        "redoubt.policy": clean(entry.policy) or None,
        "redoubt.note": clean(entry.note) or None,
        "redoubt.finding.count": len(entry.findings) or None,
        "redoubt.finding.categories": categories(entry)[:CATEGORIES] or None,
        "gen_ai.request.model": clean(entry.model) or None,
        "gen_ai.usage.input_tokens": entry.input_tokens,
        "gen_ai.usage.output_tokens": entry.output_tokens,
    }
    return {name: each for name, each in said.items() if each is not None}
