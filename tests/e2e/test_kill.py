"""Promise 5: every exchange is durable in the log before its answer is released, whatever happens to the process."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import httpx2

from redoubt import compose
from redoubt.services.audit.interface import Head, StoredEntry
from redoubt.services.audit.tree import Frontier
from tests.e2e.process import Installation, Process, install

CONFIG = """
[server]
port = 0
per_second = 0
per_minute = 0
[store]
data_dir = "DATA"
"""
ROUNDS = 3
CALLERS = 16
ENOUGH = 60
"""Answers in a round before the kill."""


def log_of(where: Installation) -> tuple[list[StoredEntry], Head]:
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


async def load(process: Process, key: str) -> list[tuple[str, bool]]:
    """Ask without pause, streamed and not, until the process is dead; return the exchanges answered in full."""
    answered: list[tuple[str, bool]] = []
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=process.url, headers=headers, timeout=20) as client:

        async def caller(number: int) -> None:
            streamed = number % 2 == 0
            text = f"write to person.{number}@acme-widgets.com"
            body = {
                "model": "practice-1",
                "stream": streamed,
                "messages": [{"role": "user", "content": text}],
            }
            while True:
                try:
                    answer = await client.post("/v1/chat/completions", json=body)
                except httpx2.TransportError:
                    return
                whole = (
                    answer.content.endswith(b"data: [DONE]\n\n")
                    if streamed
                    else bool(json.loads(answer.content))
                )
                assert answer.status_code == 200
                assert whole
                answered.append((answer.headers["x-redoubt-exchange"], streamed))
                if len(answered) == ENOUGH:
                    await asyncio.to_thread(process.kill)

        await asyncio.gather(*(caller(number) for number in range(CALLERS)))
    return answered


def test_a_killed_gateway_has_lost_no_exchange_and_released_no_unrecorded_answer(tmp_path: Path) -> None:
    where = install(tmp_path, CONFIG)
    key = where.new_key()
    answered: list[tuple[str, bool]] = []
    for _ in range(ROUNDS):
        process = Process(where)
        try:
            answered += asyncio.run(load(process, key))
        finally:
            process.kill()
    assert len(answered) >= ROUNDS * ENOUGH
    entries, head = log_of(where)
    kinds = {(stored.entry.exchange, stored.entry.kind) for stored in entries}
    for exchange, streamed in answered:
        assert (exchange, "prompt") in kinds, streamed
        assert (exchange, "answer") in kinds, streamed
    assert {streamed for _, streamed in answered} == {True, False}
    assert max(Counter((s.entry.exchange, s.entry.kind) for s in entries).values()) == 1
    assert [stored.receipt.index for stored in entries] == list(range(head.size))
    frontier = Frontier()
    for stored in entries:
        frontier = frontier.append(stored.receipt.leaf)
    assert (frontier.size, frontier.root()) == (head.size, head.root)
