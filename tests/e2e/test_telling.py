"""A gateway as a process of its own that tells all kinds of others, and is killed meanwhile."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.e2e.process import Installation, Process, install
from tests.e2e.provider import Provider
from tests.e2e.rig import LoopThread
from tests.rogue import Caller, serve
from tests.told import Hearer, Receiver, answer

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CONFIG = """
[server]
port = 0
[store]
data_dir = "DATA"
[telemetry]
otlp_endpoint = "http://127.0.0.1:{http}"
log_format = "json"
log_level = "debug"
{telemetry}
[upstreams.far]
kind = "openai"
base_url = "http://127.0.0.1:{far}"
api_key = {{env = "FAR_KEY"}}
[[audit.sinks]]
name = "archive"
kind = "jsonl"
path = "events.jsonl"
[[audit.sinks]]
name = "lake"
kind = "ocsf"
path = "events.ocsf"
[[audit.sinks]]
name = "siem"
kind = "cef"
url = "tcp://127.0.0.1:{syslog}"
[[audit.sinks]]
name = "collector"
kind = "otlp"
[[audit.sinks]]
name = "hook"
kind = "webhook"
url = "http://127.0.0.1:{http}/hook"
secret = {{file = "hook.secret"}}
"""


@dataclass
class Scene:
    where: Installation
    provider: Provider
    receiver: Receiver
    syslog: Hearer
    key: str

    def ask(self, process: Process, text: str = "hello", **headers: str) -> httpx2.Response:
        return httpx2.post(
            f"{process.url}/v1/chat/completions",
            json={"model": "gpt-x", "messages": [{"role": "user", "content": text}]},
            headers={"authorization": f"Bearer {self.key}", **headers},
            timeout=20,
        )

    def lines(self, name: str) -> list[dict[str, object]]:
        file = self.where.folder / name
        return [json.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []

    def hooked(self) -> list[int]:
        return [e["index"] for _, body in self.receiver.posts("/hook") for e in json.loads(body)["entries"]]

    def told(self) -> list[int]:
        """How many entries each of the five was told."""
        logs = (ExportLogsServiceRequest.FromString(body) for _, body in self.receiver.posts("/v1/logs"))
        records = sum(len(s.log_records) for each in logs for r in each.resource_logs for s in r.scope_logs)
        return [
            len(self.lines("events.jsonl")),
            len(self.lines("events.ocsf")),
            len(set(self.syslog.indices())),
            records,
            len(set(self.hooked())),
        ]


@pytest.fixture(params=["", "forward_traceparent = true"], ids=["kept", "forwarded"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    provider, receiver, syslog, loop = Provider(), Receiver(), Hearer(), LoopThread()
    contexts = [serve(each) for each in (provider, receiver, syslog)]
    far, http, heard = [loop.run(context.__aenter__()) for context in contexts]
    (tmp_path / "hook.secret").write_text("a secret of more than twenty-four bytes")
    config = CONFIG.format(far=far.port, http=http.port, syslog=heard.port, telemetry=request.param)
    where = install(tmp_path, config)
    yield Scene(where, provider, receiver, syslog, where.new_key())
    for context in contexts:
        loop.run(context.__aexit__(None, None, None))
    loop.close()


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 45  # a gateway that was killed holds its sinks for 15 s
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def test_everybody_is_told_once_a_killed_gateway_is_back(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    process = Process(scene.where)
    said = scene.ask(process, traceparent=TRACEPARENT)
    assert said.status_code == 200
    until(lambda: scene.told() == [2] * 5)
    # The hook is out, then the gateway dies with an entry that the hook was not told.
    scene.receiver.answers = []
    scene.receiver.act = _refuse
    scene.ask(process)
    until(lambda: "sink hook was not told (HTTP 503)" in "".join(process.said))
    until(
        lambda: (
            b'redoubt_audit_sink_lag_entries{sink="hook"} 2.0' in httpx2.get(f"{process.url}/metrics").content
        )
    )
    until(lambda: scene.told()[:2] == [4, 4])
    until(
        lambda: scene.receiver.posts("/v1/traces") != []
    )  # spans may be lost with the process, unlike entries
    process.kill()
    scene.receiver.act = None
    scene.receiver.raw = [raw for raw in scene.receiver.raw if b"/hook" not in raw.splitlines()[0]]
    process = Process(scene.where)
    until(lambda: set(scene.hooked()) == {2, 3})
    scene.ask(process)
    process.stop()
    assert set(scene.hooked()) == {2, 3, 4, 5}
    assert [line["index"] for line in scene.lines("events.jsonl")][:4] == [0, 1, 2, 3]
    assert {line["index"] for line in scene.lines("events.jsonl")} == set(range(6))
    assert {line["class_uid"] for line in scene.lines("events.ocsf")} == {6003}
    assert set(scene.syslog.indices()) == set(range(6))
    _check_spans(scene, said)
    metrics = [
        ExportMetricsServiceRequest.FromString(body) for _, body in scene.receiver.posts("/v1/metrics")
    ]
    names = {
        m.name for each in metrics for r in each.resource_metrics for s in r.scope_metrics for m in s.metrics
    }
    assert {"gen_ai.client.token.usage", "gen_ai.client.operation.duration", "redoubt_requests"} <= names
    forwarded = [
        b"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-" in sent.raw for sent in scene.provider.seen
    ]
    assert forwarded[0] == ("forwarded" in request.node.callspec.id)
    logged = [json.loads(line) for line in process.said if line.strip()]
    assert {"time", "level", "event"} <= set.intersection(*(set(each) for each in logged))


def _check_instances(scene: Scene) -> None:
    """Two processes ran, one after the other; what each exported says so alike."""
    logs = [ExportLogsServiceRequest.FromString(body) for _, body in scene.receiver.posts("/v1/logs")]
    spans = [ExportTraceServiceRequest.FromString(body) for _, body in scene.receiver.posts("/v1/traces")]
    said = [
        {
            a.value.string_value
            for each in of
            for a in each.resource.attributes
            if a.key == "service.instance.id"
        }
        for of in ([r for e in logs for r in e.resource_logs], [r for e in spans for r in e.resource_spans])
    ]
    assert said[0] == said[1]
    assert len(said[0]) == 2


def _check_spans(scene: Scene, said: httpx2.Response) -> None:
    exported = [ExportTraceServiceRequest.FromString(body) for _, body in scene.receiver.posts("/v1/traces")]
    spans = [
        s for each in exported for r in each.resource_spans for scope in r.scope_spans for s in scope.spans
    ]
    (ours,) = (span for span in spans if span.trace_id.hex() == "4bf92f3577b34da6a3ce929d0e0e4736")
    assert ours.parent_span_id.hex() == "00f067aa0ba902b7"
    attributes = {pair.key: pair.value for pair in ours.attributes}
    assert attributes["redoubt.exchange.id"].string_value == said.headers["x-redoubt-exchange"]
    assert attributes["gen_ai.request.model"].string_value == "gpt-x"
    assert attributes["gen_ai.response.finish_reasons"].array_value.values[0].string_value == "stop"
    assert attributes["gen_ai.usage.output_tokens"].int_value > 0
    assert ours.end_time_unix_nano > ours.start_time_unix_nano


async def _refuse(caller: Caller) -> None:
    """Refuse what is posted to the hook, as a server does that is being repaired."""
    if b"/hook" in caller.server.requests[-1].splitlines()[0]:
        await caller.say(answer(503))
        caller.writer.close()
        raise ConnectionError
