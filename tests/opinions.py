"""Second opinions for tests: the tiny classifiers of `tests/data/classifiers`, and a judge behind a real HTTP server."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from threading import Thread
from typing import Any

from redoubt.adapters.judges.load import load_judge
from redoubt.adapters.runtimes.folder import load_classifier
from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.domain.opinions import ClassifierSettings, JudgeSettings, Task
from redoubt.engine.detect.interface import Detector, Unit
from redoubt.engine.opinions.classifier import ClassifierDetector
from redoubt.engine.opinions.judge import JudgeDetector

DATA = Path(__file__).parent / "data" / "classifiers"
ATTACKS = {"INJECTION": "attack.injection", "jailbreak": "attack.jailbreak"}
NAMES = {"PER": "pii.person"}


def classifier_settings(task: Task, folder: Path | None = None, **more: Any) -> ClassifierSettings:
    """Return settings for one of the tiny classifiers, or for the one in ``folder``."""
    folder = folder or DATA / task
    digest = sha256((folder / "model.onnx").read_bytes()).hexdigest()
    said = {"name": "tiny", "labels": ATTACKS if task is Task.SEQUENCE else NAMES} | more
    return ClassifierSettings(path=str(folder), sha256=digest, task=task, **said)


def classifier(task: Task, **more: Any) -> ClassifierDetector:
    """Return the tiny classifier for ``task``."""
    return load_classifier(classifier_settings(task, **more), 2)


class NoRules:
    """Rules that find nothing."""

    id, version, unit, slow = "none", "1", Unit.WORD, False

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return nothing."""
        return ()


Respond = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]
"""Answers one request, whose JSON it is given, on the handler's own socket."""


@dataclass
class Bench:
    """A server where a judge sits."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def shown(self) -> str:
        """Return all that was ever sent here."""
        return json.dumps([self.asked, self.headers], ensure_ascii=False)


def saying(content: str) -> Respond:
    """Answer ``content``, as a chat completion."""
    body = json.dumps(
        {"id": "1", "choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]}
    )
    return sending(body.encode())


def sending(body: bytes, status: int = 200, **headers: str) -> Respond:
    """Answer with these bytes."""

    def respond(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
        handler.send_response(status)
        for name, value in ({"content-length": str(len(body))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@contextmanager
def bench(respond: Respond, tls: SSLContext | None = None) -> Iterator[Bench]:
    """Serve a judge that answers with ``respond``."""
    seen = Bench()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.asked.append(asked | {"path": self.path})
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            try:
                respond(self, asked)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Callers that hang up are what is tested."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        seen.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/v1"
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()


def judge(url: str, rules: Detector | None = None, **more: Any) -> JudgeDetector:
    """Return a judge who sits at ``url``."""
    said: dict[str, Any] = {"name": "her", "base_url": url, "model": "m", "timeout": 5.0} | more
    return load_judge(JudgeSettings(**said), rules or NoRules())
