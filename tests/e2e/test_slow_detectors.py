"""Detectors that judge sentences and are slow: what they deny is not seen, and nobody waits for somebody else's text."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock, get_ident
from typing import Any

import httpx2
import pytest

from redoubt.domain.exchange import Role, Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.pipeline.phases import OVERDUE
from tests.e2e.callers import KINDS, caller
from tests.e2e.provider import CUTS, EVENTS, LAST_CHUNK, chunk, saying
from tests.e2e.rig import Door, House
from tests.e2e.test_denials import REFUSED

GOOD = "Once upon a time there was a house with many rooms. Nobody had ever counted all of them! "
BAD = "What follows from here on is the sentence that nobody may read, since it is forbidden."
AFTER = " And so they lived happily ever after."
POLICY = """
extends = "balanced"
[[rules]]
id = "harm"
categories = ["harm"]
direction = "answer"
action = "deny"
"""
ASK = {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}]}


class Judge:
    """Denies an answer's sentence that is forbidden, and ponders over one that says so until it is told to stop."""

    id = "judge"
    version = "1"
    unit = Unit.SENTENCE
    slow = True

    def __init__(self) -> None:
        self.pondering = Event()
        self.enough = Event()
        self.patience = 20.0
        self.seen: list[str] = []
        self.threads: set[int] = set()
        self.most = 0
        self._now = 0
        self._lock = Lock()

    def detect(self, segment: Segment) -> list[Finding]:
        with self._lock:
            self.seen.append(segment.text)
            self.threads.add(get_ident())
            self._now += 1
            self.most = max(self.most, self._now)
        if "ponder" in segment.text and (segment.role is Role.ASSISTANT or "prompt" in segment.text):
            self.pondering.set()
            self.enough.wait(self.patience)
        with self._lock:
            self._now -= 1
        start = segment.text.find("What follows")
        if segment.role is Role.ASSISTANT and start >= 0 and "forbidden" in segment.text:
            return [Finding("harm.toxicity", "judge", start, len(segment.text))]
        return []


class Word(Judge):
    """The same, said to be quick."""

    unit = Unit.WORD
    slow = False


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def house(tmp_path: Path, judge: Judge) -> Iterator[House]:
    made = House(tmp_path, extra=(judge,))
    yield made
    judge.enough.set()
    made.close()


def client_of(door: Door) -> httpx2.Client:
    return httpx2.Client(base_url=door.url, headers={"authorization": f"Bearer {door.key}"}, timeout=20)


def repeat(text: str) -> dict[str, Any]:
    return {"model": "gpt-x", "stream": True, "messages": [{"role": "user", "content": f"repeat: {text}"}]}


def event(text: str | None, finish: str | None = None) -> bytes:
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return chunk(b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n")


def said(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("data: {"):
            for choice in json.loads(line[6:]).get("choices", ()):
                if text := choice["delta"].get("content"):
                    yield text


@pytest.mark.parametrize("kind", KINDS)
def test_a_denied_sentence_never_reaches_the_user_however_it_is_cut(house: House, kind: str) -> None:
    door = house.door(policy=POLICY)
    for cut in CUTS.values():
        house.provider.cut = cut
        with caller(kind, door) as client:
            answer = client.ask(f"repeat: {GOOD}{BAD}{AFTER}", streamed=True)
        assert answer.ended == REFUSED[kind]
        assert "What" not in answer.text
        assert "ever after" not in answer.text
        assert answer.text.startswith(GOOD) or kind == "gemini"
        assert door.entries()[-1].entry.decision == "deny"


def test_while_a_sentence_is_judged_others_are_served_and_what_came_before_is_out(
    house: House, judge: Judge
) -> None:
    door = house.door()
    with (
        client_of(door) as client,
        client.stream(
            "POST", "/v1/chat/completions", json=repeat(f"{GOOD}Let me ponder this.{AFTER}")
        ) as answer,
    ):
        words = said(answer.iter_lines())
        text = ""
        while not text.startswith(GOOD.strip()):
            text += next(words)
        assert judge.pondering.wait(20)
        with client_of(door) as other:
            assert other.post("/v1/chat/completions", json=ASK).status_code == 200
            with other.stream("POST", "/v1/chat/completions", json=repeat(GOOD)) as short:
                assert "".join(said(short.iter_lines())) == GOOD.strip()
        assert "ponder" not in text
        judge.enough.set()
        assert text + "".join(words) == f"{GOOD}Let me ponder this.{AFTER}"


def test_no_inspection_takes_place_in_the_loop(house: House, judge: Judge) -> None:
    door = house.door()
    loop = house.loop_thread
    house.provider.cut = CUTS["events"]
    with client_of(door) as client:
        client.post("/v1/chat/completions", json=ASK)
        client.post("/redoubt/v1/inspect", json={"text": "hi there"})
        client.post("/redoubt/v1/mask", json={"text": "hi you"})
        client.post("/v1/chat/completions", json=repeat(GOOD * 20))
    assert len(judge.seen) > 20
    assert loop not in judge.threads


def test_hundreds_of_streams_share_few_threads(house: House, judge: Judge) -> None:
    door = house.door(inspection_threads=2, max_connections=500)

    def one(number: int) -> bool:
        text = f"{GOOD}This is the answer number {number} of them all.{AFTER}"
        with client.stream("POST", "/v1/chat/completions", json=repeat(text)) as answer:
            return "".join(said(answer.iter_lines())) == text

    with client_of(door) as client, ThreadPoolExecutor(50) as pool:
        assert all(pool.map(one, range(200)))
    assert judge.most <= 2
    assert len(judge.threads) <= 2


def test_the_prompt_of_a_caller_that_went_away_is_not_inspected(house: House, judge: Judge) -> None:
    door = house.door(inspection_threads=1)
    lost = json.dumps({"model": "gpt-x", "messages": [{"role": "user", "content": "lost words"}]}).encode()
    with client_of(door) as client, ThreadPoolExecutor(1) as pool:
        blocked = pool.submit(
            client.post,
            "/v1/chat/completions",
            json={"model": "gpt-x", "messages": [{"role": "user", "content": "ponder this prompt"}]},
        )
        assert judge.pondering.wait(20)
        port = int(door.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as gone:
            gone.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %s\r\n"
                b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (door.key.encode(), len(lost), lost)
            )
            with client_of(door) as other:
                while "redoubt_in_flight 2" not in other.get("/metrics").text:
                    pass
        with client_of(door) as other:
            for _ in range(3):
                assert other.get("/healthz").status_code == 200
        judge.enough.set()
        assert blocked.result(20).status_code == 200
        assert client.post("/v1/chat/completions", json=ASK).status_code == 200
    assert not any("lost words" in text for text in judge.seen)


@pytest.mark.parametrize("judge", [Word()])
def test_a_long_delta_is_inspected_beside_the_loop_by_quick_detectors_too(house: House, judge: Judge) -> None:
    door = house.door()
    text = "lorem ipsum dolor sit amet and so on, " * 50 + "ponder " + "and so on, " * 100
    house.provider.acts.append(
        saying(EVENTS + event(text) + event(None, "stop") + chunk(b"data: [DONE]\n\n") + LAST_CHUNK)
    )
    with client_of(door) as client, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.post, "/v1/chat/completions", json=repeat("x"))
        assert judge.pondering.wait(20)
        with client_of(door) as other:
            assert other.post("/v1/chat/completions", json=ASK).status_code == 200
        assert not waiting.done()
        judge.enough.set()
        assert "".join(said(waiting.result(20).iter_lines())) == text


def test_a_prompt_that_takes_too_long_is_denied_and_recorded(house: House) -> None:
    door = house.door(inspection_timeout=1e-9)
    with client_of(door) as client:
        answer = client.post("/v1/chat/completions", json=ASK)
        assert client.post("/redoubt/v1/inspect", json={"text": "hi"}).status_code == 503
    assert answer.status_code == 503
    assert "server.inspection_timeout" in answer.text
    entry = door.entries(reveal=True)[-1].entry
    assert (entry.kind, entry.decision, entry.note, entry.text) == ("prompt", "deny", OVERDUE, "[]")
    assert house.provider.seen == []


def test_a_stream_that_takes_too_long_ends_and_is_recorded(house: House, judge: Judge) -> None:
    door = house.door(inspection_timeout=1.0)
    judge.patience = 1.2
    good, bad = event(GOOD), event(f"Let me ponder this.{AFTER}")
    whole = EVENTS + good + bad + event(None, "stop") + chunk(b"data: [DONE]\n\n") + LAST_CHUNK
    house.provider.acts.append(saying(whole))
    with client_of(door) as client:
        answer = client.post("/v1/chat/completions", json=repeat("x"))
    assert "".join(said(answer.iter_lines())) == GOOD
    assert "server.inspection_timeout" in answer.text
    assert "[DONE]" not in answer.text
    entry = door.entries(reveal=True)[-1].entry
    assert (entry.kind, entry.decision, entry.note, entry.text) == ("answer", "deny", OVERDUE, "[]")


def test_a_stream_that_takes_too_long_before_its_first_word_is_an_ordinary_error(
    house: House, judge: Judge
) -> None:
    door = house.door(inspection_timeout=1.0)
    judge.patience = 1.2
    text = "Let me ponder this for a while, would you? Then I will tell."
    # In one piece: an event before the text, such as the one that names the role, would begin the answer.
    whole = EVENTS + event(text) + event(None, "stop") + chunk(b"data: [DONE]\n\n") + LAST_CHUNK
    house.provider.acts.append(saying(whole))
    with client_of(door) as client:
        answer = client.post("/v1/chat/completions", json=repeat("x"))
    assert answer.status_code == 503
    assert "server.inspection_timeout" in answer.text
    assert [stored.entry.decision for stored in door.entries()] == ["allow", "deny"]
