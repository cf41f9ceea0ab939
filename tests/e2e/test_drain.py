"""A gateway that is told to stop: load balancers hear of it first, what is under way finishes or is ended with a word and an entry."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM

import httpx2
import pytest

from tests.e2e.process import Installation, Process, install
from tests.e2e.provider import EVENTS, LAST_CHUNK, Provider, chunk
from tests.e2e.rig import LoopThread
from tests.e2e.test_kill import log_of
from tests.rogue import Caller, serve

CONFIG = """
[server]
port = 0
drain_seconds = {drain}
shutdown_seconds = {shutdown}
workers = {workers}
[store]
data_dir = "DATA"
[upstreams.far]
kind = "openai"
base_url = "http://127.0.0.1:{port}"
"""
EVENT = b'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
LAST = b'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"


class Slow:
    """A stream of words, one each tenth of a second, until it is told to end."""

    def __init__(self) -> None:
        self.finish = threading.Event()
        self.begun = threading.Event()

    async def __call__(self, caller: Caller, message: bytes) -> None:
        try:
            await caller.say(EVENTS)
            while not self.finish.is_set():
                await caller.say(chunk(EVENT))
                self.begun.set()
                await asyncio.sleep(0.1)
            await caller.say(chunk(LAST + DONE) + LAST_CHUNK)
        except (ConnectionError, RuntimeError):
            return


@contextmanager
def upstream(*acts: Slow) -> Iterator[int]:
    """Yield the port of a provider that does ``acts``."""
    provider, loop = Provider(), LoopThread()
    provider.acts.extend(acts)
    context = serve(provider)
    server = loop.run(context.__aenter__())
    try:
        yield server.port
    finally:
        for act in acts:
            act.finish.set()
        loop.run(context.__aexit__(None, None, None))
        loop.close()


class Asking(threading.Thread):
    """A caller that reads one answer to its end."""

    def __init__(self, process: Process, key: str, *, stream: bool = True) -> None:
        super().__init__(daemon=True)
        self._url, self._key, self._stream = process.url, key, stream
        self.data = b""
        self.status = 0
        self.start()

    def run(self) -> None:
        body = {"model": "gpt-x", "stream": self._stream, "messages": [{"role": "user", "content": "go on"}]}
        headers = {"authorization": f"Bearer {self._key}"}
        with (
            httpx2.Client(timeout=60) as client,
            client.stream("POST", f"{self._url}/v1/chat/completions", json=body, headers=headers) as answer,
        ):
            self.status = answer.status_code
            try:
                for piece in answer.iter_raw():
                    self.data += piece
            except httpx2.TransportError:
                self.data += b"CUT OFF"


def installed(
    folder: Path, port: int, *, drain: float = 0.0, shutdown: float = 30.0, workers: int = 1
) -> Installation:
    return install(folder, CONFIG.format(drain=drain, shutdown=shutdown, workers=workers, port=port))


def notes_of(where: Installation) -> list[tuple[str, str]]:
    entries, head = log_of(where)
    assert head.size == len(entries)
    return [(stored.entry.kind, stored.entry.note) for stored in entries]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stream_under_way_finishes(tmp_path: Path, workers: int) -> None:
    slow = Slow()
    with upstream(slow) as port:
        where = installed(tmp_path, port, workers=workers)
        process = Process(where)
        asking = Asking(process, where.new_key())
        assert slow.begun.wait(30)
        process.tell(SIGTERM)
        time.sleep(0.5)
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{process.url}/healthz")
        assert process.running
        slow.finish.set()
        assert process.wait() == 0, process.said
        asking.join(30)
    assert asking.data.endswith(DONE)
    assert notes_of(where) == [("prompt", ""), ("answer", "")]


def test_load_balancers_hear_of_it_before_the_door_is_shut(tmp_path: Path) -> None:
    with upstream() as port:
        where = installed(tmp_path, port, drain=1.5)
        process = Process(where)
        with httpx2.Client(base_url=process.url) as client:
            assert client.get("/readyz").status_code == 200
            begun = time.monotonic()
            process.tell(SIGTERM)
            time.sleep(0.3)
            said = client.get("/readyz")
            assert (said.status_code, said.json()["status"]) == (503, "draining")
            assert httpx2.get(f"{process.url}/healthz").status_code == 200, "new connections are still served"
        assert process.wait() == 0
        assert time.monotonic() - begun >= 1.5


@pytest.mark.parametrize("stream", [True, False])
def test_what_does_not_finish_is_ended_with_a_word_and_an_entry(tmp_path: Path, *, stream: bool) -> None:
    slow = Slow()
    with upstream(slow) as port:
        where = installed(tmp_path, port, shutdown=0.5)
        process = Process(where)
        asking = Asking(process, where.new_key(), stream=stream)
        if stream:
            assert slow.begun.wait(30)
        time.sleep(0.5)
        begun = time.monotonic()
        process.tell(SIGTERM)
        assert process.wait() == 0, process.said
        assert time.monotonic() - begun < 10
        asking.join(30)
    if stream:
        events = [e for e in asking.data.split(b"\n\n") if e]
        said = json.loads(events[-1].removeprefix(b"data: "))
        assert "being stopped" in said["error"]["message"], asking.data[-500:]
        assert notes_of(where) == [("prompt", ""), ("answer", "the gateway stopped")]
    assert b"CUT OFF" not in asking.data


def test_a_second_signal_hurries(tmp_path: Path) -> None:
    slow = Slow()
    with upstream(slow) as port:
        where = installed(tmp_path, port, drain=60, shutdown=60)
        process = Process(where)
        asking = Asking(process, where.new_key())
        assert slow.begun.wait(30)
        process.tell(SIGTERM)
        time.sleep(0.5)
        assert process.running
        begun = time.monotonic()
        process.tell(SIGTERM)
        assert process.wait() == 0
        assert time.monotonic() - begun < 10
        asking.join(30)
    assert b"being stopped" in asking.data
    assert notes_of(where)[-1] == ("answer", "the gateway stopped")
