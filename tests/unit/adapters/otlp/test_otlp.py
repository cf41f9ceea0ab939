"""Against a real receiver over HTTP, read with OpenTelemetry's own definitions."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from redoubt.adapters.otlp import exporter
from redoubt.adapters.otlp.exporter import MeasureExporter, SpanExporter
from redoubt.adapters.otlp.logs import LogSink
from redoubt.adapters.otlp.values import resource
from redoubt.adapters.sinks.posting import Post
from redoubt.services.telemetry.recorder import Recorder
from redoubt.surfaces.gateway.metrics import Metrics
from tests.rogue import run, serve
from tests.told import ATTACK, Receiver, answer, entry, found, told
from tests.unit.services.telemetry.test_recorder import SEEN

WHO = resource("redoubt", "1.0", "one")


def read(of: AnyValue) -> Any:
    kind = of.WhichOneof("value")
    if kind == "array_value":
        return tuple(read(each) for each in of.array_value.values)
    return getattr(of, str(kind))


def said(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: read(pair.value) for pair in pairs}


def recorder() -> Recorder:
    return Recorder(lambda count: b"\x01" * count)


def test_spans() -> None:
    async def scenario() -> None:
        receiver, kept, counted = Receiver(), recorder(), list[tuple[str, int]]()
        async with serve(receiver) as server:
            post = Post("telemetry", f"http://127.0.0.1:{server.port}/base", "/v1/traces", (("x-key", "k"),))
            exporting = SpanExporter(kept, post, WHO, "1.0", lambda *of: counted.append(of))
            kept.end(SEEN)
            kept.end(replace(SEEN, status=502, span=replace(SEEN.span, parent_id=b"p" * 8)))
            await exporting.finish()
        ((headers, body),) = receiver.posts("/base/v1/traces")
        assert headers["content-type"] == "application/x-protobuf"
        assert headers["x-key"] == "k"
        (resources,) = ExportTraceServiceRequest.FromString(body).resource_spans
        assert said(resources.resource.attributes)["service.name"] == "redoubt"
        (scope,) = resources.scope_spans
        assert scope.schema_url == "https://opentelemetry.io/schemas/1.37.0"
        good, bad = scope.spans
        assert (good.name, good.kind, good.status.code) == ("chat gpt-x", 3, 0)
        assert (good.start_time_unix_nano, good.end_time_unix_nano) == (100 * 10**9, 100_500_000_000)
        assert said(good.attributes)["gen_ai.usage.output_tokens"] == 7
        assert said(good.attributes)["gen_ai.response.finish_reasons"] == ("stop",)
        assert (bad.parent_span_id, bad.status.code) == (b"p" * 8, 2)
        assert counted == [("sent", 2)]

    run(scenario())


def test_spans_that_nobody_takes_are_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        kept, counted = recorder(), list[tuple[str, int]]()
        receiver = Receiver([answer(503)] * exporter.TRIES)
        async with serve(receiver) as server:
            post = Post("telemetry", f"http://127.0.0.1:{server.port}", "/v1/traces", ())
            exporting = SpanExporter(kept, post, WHO, "1.0", lambda *of: counted.append(of))
            kept.end(SEEN)
            kept.dropped = 4
            running = asyncio.create_task(exporting.run())
            async with asyncio.timeout(20):
                while len(counted) < 2:
                    await asyncio.sleep(0.01)
            running.cancel()
            await post.aclose()
        assert counted == [("dropped", 4), ("dropped", 1)]
        assert len(receiver.raw) == exporter.TRIES

    monkeypatch.setattr(exporter, "TRIES", 2)
    run(scenario())


def test_measures() -> None:
    async def scenario() -> None:
        receiver, kept, metrics = Receiver(), recorder(), Metrics()
        kept.end(SEEN)
        metrics.answered("openai.chat", "allow", 200, 0.3)
        metrics.answered("openai.chat", "allow", 200, 1000.0)
        metrics.set("redoubt_audit_sink_lag_entries", 4.0, "siem")
        async with serve(receiver) as server:
            post = Post("telemetry", f"http://127.0.0.1:{server.port}", "/v1/metrics", ())
            await MeasureExporter(kept, metrics.collect, post, WHO, "1.0", lambda: 50.0).finish()
        ((_, body),) = receiver.posts("/v1/metrics")
        ((scope,),) = (
            each.scope_metrics for each in ExportMetricsServiceRequest.FromString(body).resource_metrics
        )
        found_ = {metric.name: metric for metric in scope.metrics}
        tokens = found_["gen_ai.client.token.usage"]
        assert tokens.unit == "{token}"
        points = {said(p.attributes)["gen_ai.token.type"]: p for p in tokens.histogram.data_points}
        assert (points["output"].count, points["output"].sum) == (1, 7.0)
        assert list(points["output"].explicit_bounds)[:3] == [1.0, 4.0, 16.0]
        assert list(points["output"].bucket_counts)[:3] == [0, 0, 1]
        (duration,) = found_["gen_ai.client.operation.duration"].histogram.data_points
        assert duration.sum == 0.5
        (requests,) = found_["redoubt_requests"].sum.data_points
        assert (requests.as_double, found_["redoubt_requests"].sum.is_monotonic) == (2.0, True)
        assert said(requests.attributes) == {"api": "openai.chat", "decision": "allow", "status": "200"}
        (seconds,) = found_["redoubt_request_seconds"].histogram.data_points
        assert (seconds.count, seconds.sum, seconds.bucket_counts[-1]) == (2, 1000.3, 1)
        assert len(seconds.bucket_counts) == len(seconds.explicit_bounds) + 1
        (lag,) = found_["redoubt_audit_sink_lag_entries"].gauge.data_points
        assert (lag.as_double, said(lag.attributes)) == (4.0, {"sink": "siem"})
        assert (lag.start_time_unix_nano, lag.time_unix_nano) == (50 * 10**9, 50 * 10**9)

    run(scenario())


def test_log_records() -> None:
    async def scenario() -> None:
        receiver = Receiver()
        denied = entry(decision="deny", findings=found(ATTACK), input_tokens=5, model="m\n")
        async with serve(receiver) as server:
            post = Post("siem", f"http://127.0.0.1:{server.port}", "/v1/logs", ())
            await LogSink(post, WHO, "1.0", lambda: 60.0).deliver([told(denied, 9)])
            await post.aclose()
        ((_, body),) = receiver.posts("/v1/logs")
        ((scope,),) = (each.scope_logs for each in ExportLogsServiceRequest.FromString(body).resource_logs)
        (record,) = scope.log_records
        assert record.time_unix_nano == 1_764_100_000_250_000_000
        assert record.observed_time_unix_nano == 60 * 10**9
        assert (record.severity_number, record.severity_text) == (17, "ERROR")
        assert record.event_name == "redoubt.audit.prompt"
        attributes = said(record.attributes)
        assert attributes["redoubt.audit.index"] == 9
        assert attributes["redoubt.finding.categories"] == ("attack.injection",)
        assert attributes["gen_ai.request.model"] == "m "
        assert attributes["gen_ai.usage.input_tokens"] == 5

    run(scenario())
