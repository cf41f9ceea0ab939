"""Promise 4: a store that cannot answer ends in an error, and never in a silent pass."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.callers import KINDS, MODELS
from tests.e2e.process import Process, install
from tests.e2e.provider import EVENTS, LAST_CHUNK, Provider, Sent, chunk, plain, practised
from tests.e2e.rig import LoopThread
from tests.rogue import Caller, serve

CONFIG = """
[store]
data_dir = "DATA"
[server]
port = 0
"""
UPSTREAM = """
[upstreams.far-{kind}]
kind = "{kind}"
base_url = "http://127.0.0.1:{port}"
api_key = {{ env = "FAR_KEY" }}
"""
EMAIL = "jane@acme-widgets.com"
PATHS = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/gemini-x:{verb}",
}
LAST = {"openai": b"[DONE]", "anthropic": b"message_stop", "gemini": b'finishReason":"STOP'}
"""How a stream that is whole ends."""


class Stage:
    """A gateway as a process, whose database is broken while it runs."""

    def __init__(self, folder: Path) -> None:
        self.provider, self._loop = Provider(), LoopThread()
        self._context = serve(self.provider)
        port = self._loop.run(self._context.__aenter__()).port
        where = install(folder, CONFIG + "".join(UPSTREAM.format(kind=kind, port=port) for kind in KINDS))
        self._database = folder / "data" / "redoubt.db"
        headers = {"authorization": f"Bearer {where.new_key()}"}
        self.process = Process(where)
        self.client = httpx2.Client(base_url=self.process.url, headers=headers, timeout=20)

    def close(self) -> None:
        self.client.close()
        self.process.stop()
        self._loop.run(self._context.__aexit__(None, None, None))
        self._loop.close()

    def lose(self, table: str) -> None:
        connection = sqlite3.connect(self._database)
        connection.execute("pragma foreign_keys = off")
        connection.execute(f"drop table {table}")
        connection.close()

    def ask(self, kind: str, *, stream: bool, **headers: str) -> httpx2.Response:
        text = f"write to {EMAIL} " * 20
        path = PATHS[kind].format(verb="streamGenerateContent?alt=sse" if stream else "generateContent")
        body: dict[str, Any] = {"model": MODELS[kind], "messages": [{"role": "user", "content": text}]}
        if kind == "gemini":
            body = {"contents": [{"parts": [{"text": text}]}]}
        else:
            body |= {"stream": stream, "max_tokens": 1000}
        return self.client.post(path, json=body, headers=headers)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def refused(answer: httpx2.Response) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert EMAIL not in answer.text
    assert answer.json()["error"]["message"]


def test_without_a_log_nothing_goes_out(stage: Stage) -> None:
    stage.lose("audit_entries")
    for kind in KINDS:
        for stream in (False, True):
            refused(stage.ask(kind, stream=stream))
    assert stage.provider.seen == []
    assert stage.client.get("/healthz").status_code == 200


def test_without_a_vault_no_session_goes_on(stage: Stage) -> None:
    stage.lose("vault_aliases")
    for kind in KINDS:
        refused(stage.ask(kind, stream=False, **{"x-redoubt-session": "s1"}))
    assert stage.provider.seen == []
    assert stage.ask("openai", stream=False).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_cannot_be_recorded_is_not_released(stage: Stage, kind: str, stream: bool) -> None:
    """The log is lost while the model thinks: no whole answer, and no end of a stream that would call it whole."""

    async def act(caller: Caller, message: bytes) -> None:
        stage.lose("audit_entries")
        _, _, data = await practised(Sent(message))
        await caller.say(EVENTS + chunk(data) + LAST_CHUNK if stream else plain(data))

    assert LAST[kind] in stage.ask(kind, stream=True).content.replace(b" ", b"")
    stage.provider.acts.append(act)
    answer = stage.ask(kind, stream=stream)
    assert len(stage.provider.seen) == 2
    if not stream:
        refused(answer)
        return
    assert LAST[kind] not in answer.content.replace(b" ", b"")
    assert b"error" in answer.content
