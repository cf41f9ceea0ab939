import asyncio
import json
from typing import Any

import pytest

from redoubt.adapters.http.bounds import Bounds
from tests.rogue import Caller, Script, run
from tests.unit.surfaces.gateway.rig import Answer, Rig, rig

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
STREAM = {
    "model": "gpt-x",
    "stream": True,
    "messages": [{"role": "user", "content": "write to jane@example.com"}],
}


def event(text: str | None, finish: str | None = None) -> bytes:
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return (
        b"data: "
        + json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [choice]}).encode()
        + b"\n\n"
    )


DONE = b"data: [DONE]\n\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def streaming(*pieces: bytes, head: bytes = HEAD, end: bytes = b"0\r\n\r\n", after: Any = None) -> Script:
    async def script(caller: Caller) -> None:
        while await caller.request():
            await caller.say(head)
            for piece in pieces:
                await caller.say(chunk(piece))
                await asyncio.sleep(0)
            await caller.say(end)
            if after is not None:
                await after(caller)
                return

    return script


def relayed(script: Script, bounds: Bounds | None = None) -> tuple[Answer, Rig]:
    async def work() -> tuple[Answer, Rig]:
        async with rig(script, bounds=bounds or Bounds(read_timeout=5.0)) as r:
            return await r.call(body=STREAM), r

    return run(work())


def texts(answer: Answer) -> str:
    said = []
    for line in answer.body.split(b"\n"):
        if line.startswith(b"data: {"):
            choices = json.loads(line[6:]).get("choices", ())
            said += [choice["delta"].get("content") or "" for choice in choices]
    return "".join(said)


def test_events_pass_and_the_head_says_so() -> None:
    answer, r = relayed(streaming(event("Hello "), event("world."), event(None, "stop"), DONE))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-redoubt-decision"] == "redact"
    assert texts(answer) == "Hello world."
    assert answer.body.endswith(DONE)
    assert [entry.kind for entry in r.audit.entries] == ["prompt", "answer"]
    assert r.audit.entries[1].note == ""


@pytest.mark.parametrize("size", [1, 2, 7, 64, 4096])
def test_any_cutting_gives_the_same_text_with_everything_in_its_place(size: int) -> None:
    async def script(caller: Caller) -> None:
        message = await caller.request()
        text = json.loads(message.partition(b"\r\n\r\n")[2])["messages"][0]["content"]
        alias = text.removeprefix("write to ")
        whole = event("Dear ") + event(alias[:3]) + event(alias[3:] + ", a SECRET") + event("WORD for you")
        whole += event(None, "stop") + DONE
        await caller.say(HEAD)
        for start in range(0, len(whole), size):
            await caller.say(chunk(whole[start : start + size]))
        await caller.say(b"0\r\n\r\n")

    answer, r = relayed(script)
    assert b"jane" not in r.provider.requests[0]
    assert texts(answer) == "Dear jane@example.com, a [REDACTED:secret.test] for you"
    assert answer.body.endswith(DONE)


def test_a_denied_answer_ends_with_a_refusal_and_cancels_the_provider() -> None:
    async def linger(caller: Caller) -> None:
        await caller.gone()

    long = "and so it went on. " * 40
    script = streaming(event("It is BADWORD " + long), event(long), end=b"", after=linger)

    async def work() -> tuple[Answer, Rig]:
        async with rig(script) as r:
            answer = await r.call(body=STREAM)
            await r.provider.gone.wait()
            return answer, r

    answer, r = run(work())
    assert b"BADWORD" not in answer.body
    assert b"content_filter" in answer.body
    assert answer.body.endswith(DONE)
    assert r.audit.entries[1].decision == "deny"


def test_a_refusal_is_not_preceded_by_a_good_end() -> None:
    for pieces in (
        (event("It is BADWORD"), event(None, "stop"), DONE),
        (event("It is BADWORD", "stop") + DONE,),
    ):
        answer, _ = relayed(streaming(*pieces))
        assert b"BADWORD" not in answer.body
        assert b'"stop"' not in answer.body
        assert answer.body.count(b'"content_filter"') == 1
        assert answer.body.endswith(DONE)


def test_a_stream_that_cannot_be_recorded_does_not_end_well() -> None:
    async def work() -> Answer:
        async with rig(streaming(event("Hello."), event(None, "stop"), DONE)) as r:
            r.audit.fails_at = "answer"
            return await r.call(body=STREAM)

    answer = run(work())
    assert DONE not in answer.body
    assert b"audit log cannot be written" in answer.body


@pytest.mark.parametrize(
    ("pieces", "end"),
    [
        ((event("Hello, world. "),), b""),
        ((event("Hello, world. "),), b"0\r\n\r\n"),
        ((event("Hello, world. "), b"data: {broken\n\n"), b"0\r\n\r\n"),
        ((event("Hello, world. "), b"data: 5\n\n", DONE), b"0\r\n\r\n"),
        ((event("Hello, world. "), b'data: {"choices": 7}\n\n', DONE), b"0\r\n\r\n"),
        ((event("Hello, world. ") + b"data: {broken\n\n", DONE), b"0\r\n\r\n"),
        ((event("Hello, world. "),), b"zz\r\n"),
    ],
)
def test_a_stream_that_breaks_off_says_so(pieces: tuple[bytes, ...], end: bytes) -> None:
    async def close(caller: Caller) -> None:
        return

    answer, r = relayed(streaming(*pieces, end=end, after=close))
    assert answer.status == 200
    assert DONE not in answer.body
    assert b"upstream_error" in answer.body
    assert r.audit.entries[1].note == "upstream broke off"


@pytest.mark.parametrize("pieces", [(), (b"data: {broken\n\n",), (b"\x00\xff garbage \n\n" * 10,)])
def test_a_stream_that_breaks_off_at_once_is_an_ordinary_error(pieces: tuple[bytes, ...]) -> None:
    answer, r = relayed(streaming(*pieces))
    assert answer.status == 502
    assert answer.json["error"]["message"]
    assert r.audit.entries[1].note == "upstream broke off"


def test_a_stream_that_stalls_ends() -> None:
    async def linger(caller: Caller) -> None:
        await caller.gone()

    script = streaming(event("Hello, world. "), end=b"", after=linger)
    answer, _ = relayed(script, Bounds(read_timeout=0.05))
    assert b"did not answer in time" in answer.body


def test_an_endless_event_is_cut_off() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()
        await caller.say(HEAD)
        await caller.say(chunk(b"data: "))
        while True:
            await caller.say(chunk(b"x" * 1_000_000))

    answer, _ = relayed(script)
    assert answer.status == 502


def test_an_endless_stream_is_cut_off() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()
        await caller.say(HEAD)
        while True:
            await caller.say(chunk(b": ping\n\n" * 1000))

    answer, _ = relayed(script, Bounds(max_body=1_000_000))
    assert answer.status == 502


def test_a_caller_that_hangs_up_cancels_the_stream() -> None:
    async def linger(caller: Caller) -> None:
        await caller.gone()

    script = streaming(event("Hello there, world. " * 20), end=b"", after=linger)

    async def work() -> str:
        async with rig(script) as r:
            data = json.dumps(STREAM).encode()
            reader, writer = await r.connect()
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer rdt_dev\r\n"
                b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(data), data)
            )
            await reader.readuntil(b"Hello")
            writer.close()
            await r.provider.gone.wait()
            while len(r.audit.entries) < 2:
                await asyncio.sleep(0)
            return r.audit.entries[1].note

    assert run(work()) == "client went away"


def test_the_first_words_are_not_held_back() -> None:
    async def script(caller: Caller) -> None:
        await caller.request()
        await caller.say(HEAD + chunk(event("These words are harmless and complete. ")))
        await seen.wait()
        await caller.say(chunk(event(None, "stop") + DONE) + b"0\r\n\r\n")

    async def work() -> bytes:
        async with rig(script) as r:
            data = json.dumps(STREAM).encode()
            reader, writer = await r.connect()
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer rdt_dev\r\n"
                b"connection: close\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (len(data), data)
            )
            await reader.readuntil(b"These")
            seen.set()
            rest = await reader.read()
            writer.close()
            return rest

    seen = asyncio.Event()
    assert DONE in run(work())


def test_a_slow_caller_slows_the_provider() -> None:
    sent = 0

    async def script(caller: Caller) -> None:
        nonlocal sent
        await caller.request()
        await caller.say(HEAD)
        bulky = {"id": "c" * 10_000, "choices": [{"index": 0, "delta": {"content": "word "}}]}
        piece = chunk((b"data: " + json.dumps(bulky).encode() + b"\n\n") * 10)
        for _ in range(400):
            await caller.say(piece)
            sent += len(piece)
        await caller.say(chunk(DONE) + b"0\r\n\r\n")

    async def work() -> int:
        async with rig(script) as r:
            data = json.dumps(STREAM).encode()
            reader, writer = await r.connect()
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer rdt_dev\r\n"
                b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(data), data)
            )
            await reader.readuntil(b"word")
            before = -1
            while before != sent:
                before = sent
                await asyncio.sleep(0.1)
            writer.close()
            return before

    assert run(work()) < 30_000_000


def test_a_json_answer_to_a_streaming_request_is_passed_whole() -> None:
    body = {"id": "c", "object": "chat.completion", "choices": []}
    data = json.dumps(body).encode()
    reply = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
        len(data),
        data,
    )

    async def script(caller: Caller) -> None:
        await caller.request()
        await caller.say(reply)

    answer, _ = relayed(script)
    assert (answer.status, answer.json) == (200, body)


def test_the_connection_to_the_provider_is_used_again_after_a_stream() -> None:
    async def work() -> int:
        async with rig(streaming(event("Hi."), event(None, "stop"), DONE)) as r:
            for _ in range(3):
                assert texts(await r.call(body=STREAM)) == "Hi."
            return r.provider.connections

    assert run(work()) == 1
