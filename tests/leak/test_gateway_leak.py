"""Promise 2: what is inspected is in no log line, metric, error, temporary file or database, whatever way it takes."""

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.services.telling.teller import EVERY
from tests.e2e.process import Installation, Process, install
from tests.e2e.provider import Provider, half, hang_up, plain, saying
from tests.e2e.rig import House, LoopThread, tells
from tests.rogue import serve
from tests.told import Hearer, Receiver

EMAIL = "canary.bird@acme-widgets.com"
AWS_KEY = "AKIAQ3EGTV7KXCANARY2"
CARD = "4539 1488 0343 6467"
PHRASE = "zebraquartzcanary"
"""Ordinary talk: no rule finds it, and still it is nobody's business."""
TEXT = f"{PHRASE}: write to {EMAIL}, charge {CARD}, use {AWS_KEY}."
GONE = (AWS_KEY, CARD)
"""What not even its owner gets back."""
CANARIES = (EMAIL, *GONE, PHRASE)

CONFIG = """
[server]
port = 0
per_second = 0
per_minute = 0
max_body_bytes = 20000
[store]
data_dir = "DATA"
[policy]
profile = "PROFILE"
"""
UPSTREAM = """
[upstreams.far-{kind}]
kind = "{kind}"
base_url = "http://127.0.0.1:{port}"
api_key = {{ env = "FAR_KEY" }}
models = ["gpt-*", "claude-*", "gemini-*"]
"""
TELLING = """
[telemetry]
log_format = "json"
log_level = "debug"
otlp_endpoint = "http://127.0.0.1:{http}"
forward_traceparent = true
[[audit.sinks]]
name = "archive"
kind = "jsonl"
path = "data/events.jsonl"
[[audit.sinks]]
name = "lake"
kind = "ocsf"
path = "data/events.ocsf"
[[audit.sinks]]
name = "siem"
kind = "cef"
url = "tcp://127.0.0.1:{syslog}"
[[audit.sinks]]
name = "collector"
kind = "otlp"
[[audit.sinks]]
name = "output"
kind = "jsonl"
path = "-"
[[audit.sinks]]
name = "hook"
kind = "webhook"
url = "http://127.0.0.1:{http}/hook"
secret = {{ env = "FAR_KEY" }}
"""
"""Everybody who can be told, and all that is logged."""
SINKS = 6
PATHS: dict[str, Any] = {
    "/v1/chat/completions": lambda text: {"model": "gpt-x", "messages": [{"role": "user", "content": text}]},
    "/v1/responses": lambda text: {"model": "gpt-x", "input": text},
    "/v1/completions": lambda text: {"model": "gpt-x", "prompt": text},
    "/v1/embeddings": lambda text: {"model": "gpt-x", "input": text},
    "/v1/messages": lambda text: {
        "model": "claude-x", "max_tokens": 100, "messages": [{"role": "user", "content": text}],
    },
    "/v1/messages/count_tokens": lambda text: {"model": "claude-x", "messages": [{"role": "user", "content": text}]},
    "/v1beta/models/gemini-x:generateContent": lambda text: {"contents": [{"role": "user", "parts": [{"text": text}]}]},
    "/v1beta/models/gemini-x:streamGenerateContent?alt=sse": lambda text: {
        "contents": [{"role": "user", "parts": [{"text": text}]}]
    },
}  # fmt: skip


@dataclass
class Scene:
    """A gateway as a process of its own before a provider, and all that it says to a caller."""

    where: Installation
    process: Process
    provider: Provider
    client: httpx2.Client
    receiver: Receiver = field(default_factory=Receiver)
    syslog: Hearer = field(default_factory=Hearer)
    errors: list[bytes] = field(default_factory=list)
    answers: int = 0

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> None:
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        fields = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        answer = self.client.request(method, path, content=data, headers=fields)
        self.answers += 1
        if answer.status_code >= 400:
            self.errors.append(answer.content + repr(dict(answer.headers)).encode())

    def residue(self) -> Iterator[tuple[str, bytes]]:
        """All that is left of it: what it printed, its metrics, its errors, every file it wrote."""
        yield "metrics", self.client.get("/metrics").content
        yield "standard output and error", "".join(self.process.said).encode()
        yield "what was posted", b"".join(self.receiver.raw)
        yield "syslog", bytes(self.syslog.heard)
        for folder in (self.where.folder / "data", self.where.folder / "tmp"):
            for file in folder.rglob("*"):
                if file.is_file():
                    yield str(file), file.read_bytes()


@pytest.fixture(params=["balanced", "strict"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """The balanced gateway tells everybody and logs everything; the strict one does neither."""
    provider, receiver, syslog, loop = Provider(), Receiver(), Hearer(), LoopThread()
    contexts = [serve(each) for each in (provider, receiver, syslog)]
    server, posted, heard = [loop.run(context.__aenter__()) for context in contexts]
    config = CONFIG.replace("PROFILE", request.param)
    if request.param == "balanced":
        config += TELLING.format(http=posted.port, syslog=heard.port)
    config += "".join(UPSTREAM.format(kind=k, port=server.port) for k in ("openai", "anthropic", "gemini"))
    where = install(tmp_path, config)
    key = where.new_key("admin")
    process = Process(where)
    try:
        with httpx2.Client(
            base_url=process.url, headers={"authorization": f"Bearer {key}"}, timeout=20
        ) as client:
            yield Scene(where, process, provider, client, receiver, syslog)
    finally:
        process.stop()
        for context in contexts:
            loop.run(context.__aexit__(None, None, None))
        loop.close()


def nowhere(scene: Scene) -> None:
    everybody_told(scene)
    found = [(place, canary) for place, data in scene.residue() for canary in CANARIES if tells(data, canary)]
    assert found == []


def everybody_told(scene: Scene) -> None:
    """Wait until no sink lags behind the log, and check that each was told something."""
    if not scene.where.settings.audit.sinks:
        return
    end = time.monotonic() + 30
    lag = re.compile(rb'^redoubt_audit_sink_lag_entries\{sink="\w+"\} 0\.0$', re.MULTILINE)
    time.sleep(2 * EVERY)  # what was recorded last is seen to be there
    while len(lag.findall(scene.client.get("/metrics").content)) < SINKS:
        assert time.monotonic() < end, "a sink was not told"
        time.sleep(0.2)
    assert scene.syslog.heard
    assert scene.receiver.posts("/hook")
    assert scene.receiver.posts("/v1/logs")


def test_the_ordinary_ways(scene: Scene) -> None:
    for path, body in PATHS.items():
        for text in (PHRASE, TEXT, f"repeat: {TEXT}"):
            scene.call("POST", path, body(text))
            scene.call("POST", path, {**body(text), "stream": True}, x_redoubt_session="s1")
    called = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "pay", "arguments": json.dumps({"note": TEXT})},
    }
    with_tools = [{"role": "user", "content": PHRASE}, {"role": "assistant", "tool_calls": [called]}]
    told = [*with_tools, {"role": "tool", "tool_call_id": "call_1", "content": TEXT}]
    heads: tuple[dict[str, str], ...] = (
        {},
        {"traceparent": f"00-{PHRASE}-01"},
        {"user_agent": TEXT},
        {"x_note": TEXT},
    )
    for head in heads:
        scene.call("POST", "/v1/chat/completions", {"model": "gpt-x", "messages": told}, raw=None, **head)
    assert scene.provider.seen
    assert not any(tells(scene.provider.everything, canary) for canary in (EMAIL, *GONE))
    assert not any(tells(error, canary) for error in scene.errors for canary in CANARIES)
    nowhere(scene)


def test_requests_that_are_wrong(scene: Scene) -> None:
    for path, body in PATHS.items():
        good = body(TEXT)
        for raw in (
            json.dumps(good).encode()[:-1],
            json.dumps(good).encode() + TEXT.encode(),
            json.dumps(TEXT).encode(),
            json.dumps([TEXT]).encode(),
            TEXT.encode(),
            TEXT.encode() + b"\xff",
            json.dumps(
                {**good, "model": TEXT, "messages": TEXT, "contents": TEXT, "input": {TEXT: TEXT}}
            ).encode(),
            json.dumps(
                {**good, "messages": [{TEXT: TEXT}], "contents": [{"parts": [TEXT]}], "input": [[TEXT]]}
            ).encode(),
            json.dumps(body(TEXT * 1000)).encode(),
            b"[" * 1000 + json.dumps(TEXT).encode(),
        ):
            scene.call("POST", path, raw=raw)
        scene.call("POST", path, good, content_type=f"text/{PHRASE}")
        scene.call("POST", path, good, content_encoding=PHRASE)
        scene.call("POST", path, good, x_redoubt_session=f"{PHRASE} {AWS_KEY}")
        scene.call("POST", path, good, authorization=f"Bearer {AWS_KEY}{PHRASE}")
        scene.call("POST", path, good, authorization=f"Bearer rdt_{AWS_KEY}{PHRASE}")
        scene.call(PHRASE.upper(), path, good)
    for path in (
        f"/v1/{PHRASE}",
        f"/{AWS_KEY}",
        f"/v1/models/{PHRASE}",
        f"/v1/messages?note={PHRASE}",
        f"/redoubt/v1/{PHRASE}",
    ):
        scene.call("POST", path, PATHS["/v1/messages"](TEXT))
        scene.call("GET", path)
    assert len(scene.errors) > 50
    assert [error for error in scene.errors for canary in CANARIES if tells(error, canary)] == []
    nowhere(scene)


def test_a_provider_that_misbehaves(scene: Scene) -> None:
    """It quotes the request in errors, answers with garbage full of canaries, and breaks off."""
    quoted = json.dumps({"error": {"message": TEXT, "code": 400, "status": "X", TEXT: TEXT}}).encode()
    for path, body in PATHS.items():
        for act in (
            saying(plain(quoted, 400)),
            saying(plain(quoted, 500)),
            saying(plain(TEXT.encode(), 500, b"text/plain")),
            saying(plain(TEXT.encode(), 200, b"text/html")),
            saying(plain(json.dumps({TEXT: TEXT}).encode())),
            saying(plain(f"data: {TEXT}\n\n".encode(), 200, b"text/event-stream")),
            saying(plain(f'data: {{"{TEXT}"\n\n'.encode(), 200, b"text/event-stream")),
            saying(f"HTTP/1.1 {TEXT}\r\n\r\n".encode(), close=True),
            saying(
                f'HTTP/1.1 200 OK\r\nx: {TEXT}\r\ncontent-length: 500\r\n\r\n{{"{TEXT}'.encode(), close=True
            ),
            half,
            hang_up,
        ):
            for streamed in (False, True):
                scene.provider.acts.clear()
                scene.provider.acts.extend([act, act])
                with suppress(httpx2.RemoteProtocolError):
                    scene.call("POST", path, {**body(f"{PHRASE} {EMAIL}"), "stream": streamed})
    assert len(scene.errors) > 50
    assert [error for error in scene.errors for secret in GONE if tells(error, secret)] == []
    nowhere(scene)


def test_the_management_api(scene: Scene) -> None:
    base = "/redoubt/v1"
    scene.call("POST", f"{base}/inspect", {"text": TEXT})
    scene.call("POST", f"{base}/mask", {"text": TEXT, "session": "s1"})
    scene.call("POST", f"{base}/restore", {"text": TEXT, "session": "s1"})
    assert scene.errors == []
    for path in ("inspect", "mask", "restore", "keys"):
        for body in (
            {TEXT: TEXT}, {"text": [TEXT]}, {"text": TEXT, "role": TEXT}, {"text": TEXT, "session": TEXT},
            {"name": "a key", "role": TEXT}, {"name": [TEXT]}, {"name": "a key", "expires_at": TEXT}, TEXT, [TEXT],
        ):  # fmt: skip
            scene.call("POST", f"{base}/{path}", body)
        scene.call("POST", f"{base}/{path}", raw=TEXT.encode())
        scene.call("POST", f"{base}/{path}", {"text": TEXT * 1000})
    scene.call("DELETE", f"{base}/keys/{PHRASE}")
    for name in ("limit", "before", "reveal", PHRASE):
        scene.call("GET", f"{base}/audit?{name}={PHRASE}")
    scene.call("GET", f"{base}/audit?reveal=true")
    assert len(scene.errors) > 30
    assert [error for error in scene.errors for canary in CANARIES if tells(error, canary)] == []
    nowhere(scene)


class Failing:
    """A detector that says what it saw when it dies."""

    id = "failing"
    version = "1"
    unit = Unit.WORD
    slow = False

    def detect(self, segment: Segment) -> list[Finding]:
        raise RuntimeError(segment.text)


def test_a_detector_that_dies_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    house = House(tmp_path, extra=(Failing(),))
    try:
        door = house.door()
        headers = {"authorization": f"Bearer {door.admin}"}
        with httpx2.Client(base_url=door.url, headers=headers, timeout=20) as client:
            for path, body in PATHS.items():
                answer = client.post(path, json=body(TEXT))
                assert answer.headers["x-redoubt-decision"] == "deny"
                assert not any(tells(answer.content, canary) for canary in CANARIES)
            for path in ("inspect", "mask"):
                answer = client.post(f"/redoubt/v1/{path}", json={"text": TEXT})
                assert answer.json()["decision"] == "deny"
                assert not answer.json().get("text")
                assert not any(tells(answer.content, canary) for canary in CANARIES)
            metrics = client.get("/metrics").content
        assert house.provider.seen == []
        assert door.entries()[-1].entry.errors
        entries = repr(door.entries(reveal=True)).replace(PHRASE, "").encode()
    finally:
        house.close()
    files = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for data in (metrics, caplog.text.encode(), files, entries):
        assert not any(tells(data, canary) for canary in CANARIES)


def test_the_curious_reader_finds_what_is_there() -> None:
    """A check of the checks above."""
    for data in (
        TEXT.encode(),
        json.dumps(TEXT).encode(),
        TEXT.upper().encode(),
        b"\x00\xff" + TEXT.encode() + b"\x00",
    ):
        assert all(tells(data, canary) for canary in CANARIES)
