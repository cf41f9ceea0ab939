"""Two gateways, PostgreSQL and Redis, started by the documented command: one dies, Redis is restarted, and all totals agree."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openai
import pytest

from redoubt import compose
from redoubt.services.audit.interface import Head, StoredEntry
from redoubt.services.audit.tree import Frontier
from tests.e2e.provider import Provider
from tests.e2e.rig import LoopThread
from tests.rogue import serve
from tests.servers import new_postgres, new_redis

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, str(ROOT / "examples" / "cluster" / "cluster.py")]
CALLERS = 12
TOKEN = re.compile(r"token-(\d{5})-")
MASTER = "ab" * 32
ENOUGH = (40, 80, 160)
"""Answers before a gateway is killed, before Redis is restarted, and in all."""


class Cluster:
    """The command, running."""

    def __init__(self, folder: Path, upstream: str) -> None:
        self._folder = folder
        kept = ("PATH", "PYTHONPATH", "HOME", "REDOUBT_MODELS__ENABLED")
        environ = {name: os.environ[name] for name in kept if name in os.environ}
        self._process = subprocess.Popen(
            [*COMMAND, "--folder", str(folder), "--ports", "0,0", "--upstream", upstream],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**environ, "REDOUBT_MASTER_KEY": MASTER},
        )  # fmt: skip
        for line in self._process.stdout or ():
            if "Ctrl-C stops" in line:
                return
        raise RuntimeError("the cluster did not start")

    @property
    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self._folder / "cluster.json").read_text())
        return told

    def pid(self, part: str) -> int:
        return int(self.state["parts"][part]["pid"])

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.state['parts'][f'gateway-{number}']['port']}"

    def end(self, part: str, number: int) -> None:
        """Send a part a signal, and wait until the command has started it again."""
        pid = self.pid(part)
        os.kill(pid, number)
        until = time.monotonic() + 60
        while self.pid(part) == pid:
            assert time.monotonic() < until, f"{part} was not started again"
            time.sleep(0.1)

    def log(self) -> tuple[list[StoredEntry], Head]:
        settings = compose.settings(self._folder / "gateway-1.toml", {})
        settings = replace(settings, store=replace(settings.store, data_dir=str(self._folder / "data-1")))
        stores = compose.stores(settings, compose.keyring(settings, {"REDOUBT_MASTER_KEY": MASTER}))

        async def read() -> tuple[list[StoredEntry], Head]:
            head = await stores.audit.head()
            entries = [e async for e in stores.audit.read(limit=1_000_000, reveal=True)]
            await stores.audit.close()
            return entries[::-1], head

        try:
            return asyncio.run(read())
        finally:
            stores.dispose()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(90)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code


@dataclass
class Told:
    """What the callers saw."""

    full: set[str] = field(default_factory=set)
    """Tokens of answers that came in full."""
    failed: set[str] = field(default_factory=set)
    streamed: int = 0


@contextmanager
def provider() -> Iterator[tuple[Provider, str]]:
    far, loop = Provider(), LoopThread()
    context = serve(far)
    server = loop.run(context.__aenter__())
    try:
        yield far, f"http://127.0.0.1:{server.port}"
    finally:
        loop.run(context.__aexit__(None, None, None))
        loop.close()


async def load(cluster: Cluster, told: Told) -> None:
    """Ask both gateways by the official SDK, streamed and not, in sessions and not, until there are enough answers."""
    key = cluster.state["key"]
    clients = [
        openai.AsyncOpenAI(base_url=f"{cluster.url(n)}/v1", api_key=key, max_retries=0, timeout=30)
        for n in (1, 2)
    ]
    numbers = iter(range(100_000))
    reached = [asyncio.Event() for _ in ENOUGH]

    async def ask(client: openai.AsyncOpenAI, token: str, *, stream: bool, session: bool) -> bool:
        text = f"token-{token}- write to person.{token}@acme-widgets.com"
        asked: Any = {
            "model": "practice-1",
            "messages": [{"role": "user", "content": text}],
            "extra_headers": {"x-redoubt-session": f"s{token}"} if session else {},
        }
        if not stream:
            answer = await client.chat.completions.create(**asked)
            return bool(answer.choices[0].finish_reason == "stop")
        finish = ""
        async for event in await client.chat.completions.create(stream=True, **asked):
            finish = (event.choices and event.choices[0].finish_reason) or finish
        return finish == "stop"

    async def caller(number: int) -> None:
        while not reached[-1].is_set():
            token = f"{next(numbers):05d}"
            try:
                whole = await ask(clients[number % 2], token, stream=number % 4 < 2, session=number % 3 == 0)
            except openai.APIError:
                told.failed.add(token)
                await asyncio.sleep(0.05)
                continue
            assert whole
            told.full.add(token)
            told.streamed += number % 4 < 2
            for enough, event in zip(ENOUGH, reached, strict=True):
                if len(told.full) >= enough:
                    event.set()

    async def disturb() -> None:
        await reached[0].wait()
        await asyncio.to_thread(cluster.end, "gateway-1", signal.SIGKILL)
        await reached[1].wait()
        await asyncio.to_thread(cluster.end, "redis", signal.SIGTERM)

    disturbing = asyncio.create_task(disturb())
    await asyncio.gather(*(caller(number) for number in range(CALLERS)))
    await disturbing
    for client in clients:
        await client.close()


def tokens(entries: list[StoredEntry], kind: str) -> Counter[str]:
    """How often each token stands in entries of a kind: an answer is found by its exchange's prompt."""
    of = {
        stored.entry.exchange: found[1]
        for stored in entries
        if stored.entry.kind == "prompt" and (found := TOKEN.search(stored.entry.text))
    }
    return Counter(of[s.entry.exchange] for s in entries if s.entry.kind == kind and s.entry.exchange in of)


def test_the_totals_of_client_upstream_and_log_agree(tmp_path_factory: pytest.TempPathFactory) -> None:
    new_postgres().close()  # skips the test where the programs are missing
    new_redis().close()
    folder = tmp_path_factory.mktemp("cluster")
    for each in (folder, *folder.parents):  # PostgreSQL runs as another user
        if each.owner() == folder.owner() and each != Path("/"):
            each.chmod(each.stat().st_mode | 0o055)
    told = Told()
    with provider() as (far, url):
        cluster = Cluster(folder, url)
        try:
            asyncio.run(load(cluster, told))
            entries, head = cluster.log()
        finally:
            assert cluster.stop() == 0
        served = Counter(
            found[1] for sent in far.seen for found in [TOKEN.search(sent.body.decode())] if found
        )
    prompts, answers = tokens(entries, "prompt"), tokens(entries, "answer")

    assert len(told.full) >= ENOUGH[-1]
    assert 0 < told.streamed < len(told.full)
    assert told.failed, "a gateway died under load, and nobody noticed"
    for name, counted in (("log", prompts), ("answers", answers), ("upstream", served)):
        assert max(counted.values()) == 1, f"{name}: an exchange is there twice"
    assert told.full <= answers.keys() <= prompts.keys()
    assert told.full <= served.keys() <= prompts.keys()
    # What is more than the callers got in full are exchanges that were under way when a part died, and each was told to have failed.
    assert prompts.keys() - told.full <= told.failed
    assert served.keys() - told.full <= told.failed

    assert [stored.receipt.index for stored in entries] == list(range(head.size))
    frontier = Frontier()
    for stored in entries:
        frontier = frontier.append(stored.receipt.leaf)
    assert (frontier.size, frontier.root()) == (head.size, head.root)
