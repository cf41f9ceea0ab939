"""One caller's long text keeps nobody else waiting."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from tests.e2e.rig import House

LONG = "lorem ipsum " * 10_000


class Slow:
    """A detector that thinks about a long text until it is told to stop."""

    id = "slow"
    version = "1"
    unit = Unit.WORD
    slow = False

    def __init__(self) -> None:
        self.began = Event()
        self.enough = Event()

    def detect(self, segment: Segment) -> list[Finding]:
        if segment.text == LONG:
            self.began.set()
            self.enough.wait(30)
        return []


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def house(tmp_path: Path, slow: Slow) -> Iterator[House]:
    made = House(tmp_path, extra=(slow,))
    yield made
    slow.enough.set()
    made.close()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"model": "gpt-x", "messages": [{"role": "user", "content": LONG}]}),
        ("/redoubt/v1/inspect", {"text": LONG}),
        ("/redoubt/v1/mask", {"text": LONG}),
    ],
)
def test_a_long_text_is_inspected_beside_the_loop(
    house: House, slow: Slow, path: str, body: dict[str, Any]
) -> None:
    door = house.door()
    headers = {"authorization": f"Bearer {door.key}"}
    short = {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}]}
    with (
        httpx2.Client(base_url=door.url, headers=headers, timeout=20) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(client.post, path, json=body)
        assert slow.began.wait(20)
        assert client.post("/v1/chat/completions", json=short).status_code == 200
        assert not waiting.done()
        slow.enough.set()
        assert waiting.result(20).status_code == 200
