"""Callers that ask without pause while things break, and what must be true of the log when they have stopped."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from time import monotonic, sleep

import httpx2

from redoubt import compose
from redoubt.services.audit.interface import Head, StoredEntry
from redoubt.services.audit.tree import Frontier
from tests.e2e.process import Installation, Process

PAUSE = 0.02
"""Seconds that a caller waits who was refused or found nobody."""


@dataclass
class Load:
    """Callers in a thread of their own, each of which goes to one of the gateways; a context."""

    key: str
    gateways: list[Process]
    """A gateway that is started anew takes its place in the list."""
    callers: int = 8
    pause: float = 0.0
    """Seconds between a caller's answer and its next request."""
    answered: list[tuple[str, bool]] = field(default_factory=list)
    """Exchanges that were answered in full, and whether they were streamed."""
    refused: list[float] = field(default_factory=list)
    """Seconds that refusals (503) took."""
    failed: int = 0
    """Requests that found nobody, or whose answer broke off."""
    longest: float = 0.0
    """Seconds of the slowest request that was answered."""
    wrong: list[str] = field(default_factory=list)
    """What should never come back."""

    def __enter__(self) -> "Load":
        self._stop = False
        self._thread = Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()

    def until(self, done: Callable[[], bool], within: float = 30.0) -> None:
        """Let them go on until something is so."""
        end = monotonic() + within
        while not done():
            assert monotonic() < end, (
                f"{len(self.answered)} answered, {len(self.refused)} refused, {self.wrong}"
            )
            sleep(0.02)

    def more(self, count: int = 60) -> None:
        """Let them have so many more answers."""
        before = len(self.answered)
        self.until(lambda: len(self.answered) >= before + count)

    def more_refused(self, count: int) -> None:
        """Let so many more be refused."""
        before = len(self.refused)
        self.until(lambda: len(self.refused) >= before + count)

    async def _run(self) -> None:
        headers = {"authorization": f"Bearer {self.key}"}
        async with httpx2.AsyncClient(headers=headers, timeout=30) as client:
            await asyncio.gather(*(self._call(client, number) for number in range(self.callers)))

    async def _call(self, client: httpx2.AsyncClient, number: int) -> None:
        streamed = number % 4 < 2
        body = {
            "model": "practice-1",
            "stream": streamed,
            "messages": [{"role": "user", "content": f"say something about the number {number}"}],
        }
        while not self._stop:
            await asyncio.sleep(self.pause)
            begun = monotonic()
            url = self.gateways[number % len(self.gateways)].url
            try:
                answer = await client.post(f"{url}/v1/chat/completions", json=body)
            except httpx2.TransportError:
                self.failed += 1
                await asyncio.sleep(PAUSE)
                continue
            took = monotonic() - begun
            if answer.status_code == 503:
                self.refused.append(took)
                await asyncio.sleep(PAUSE)
            elif answer.status_code != 200:
                self.wrong.append(f"{answer.status_code} {answer.text[:200]}")
            elif self._whole(answer, streamed):
                self.longest = max(self.longest, took)
                self.answered.append((answer.headers["x-redoubt-exchange"], streamed))
            else:
                self.failed += 1

    def _whole(self, answer: httpx2.Response, streamed: bool) -> bool:
        """A stream whose end could not be recorded ends with an error instead."""
        if streamed:
            return answer.content.endswith(b"data: [DONE]\n\n")
        return bool(json.loads(answer.content)["choices"])


def log_of(where: Installation) -> tuple[list[StoredEntry], Head]:
    """Return the log, oldest first, and its head."""
    stores = compose.stores(where.settings, compose.keyring(where.settings, {}))

    async def read() -> tuple[list[StoredEntry], Head]:
        entries = [entry async for entry in stores.audit.read(limit=1_000_000)]
        head = await stores.audit.head()
        await stores.audit.close()
        return entries[::-1], head

    try:
        return asyncio.run(read())
    finally:
        stores.dispose()


def check(load: Load, where: Installation) -> None:
    """Nothing acknowledged is lost, nothing unrecorded was released, nothing is there twice, and the tree is that of the entries."""
    assert load.wrong == []
    entries, head = log_of(where)
    traffic = [s for s in entries if s.entry.kind in ("prompt", "answer")]
    place = {(s.entry.exchange, s.entry.kind): s.receipt.index for s in traffic}
    lost = [e for e, _ in load.answered if (e, "prompt") not in place or (e, "answer") not in place]
    assert lost == []
    assert max(Counter((s.entry.exchange, s.entry.kind) for s in traffic).values()) == 1
    for exchange, kind in place:
        if kind == "answer":
            assert place[exchange, "prompt"] < place[exchange, "answer"]
    assert [stored.receipt.index for stored in entries] == list(range(head.size))
    frontier = Frontier()
    for stored in entries:
        frontier = frontier.append(stored.receipt.leaf)
    assert (frontier.size, frontier.root()) == (head.size, head.root)
