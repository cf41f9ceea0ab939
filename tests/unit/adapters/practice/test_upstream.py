"""The practice model behind the port to a provider."""

import asyncio
import json
from typing import Any

import pytest

from redoubt.adapters.practice.upstream import PracticeUpstream
from redoubt.domain.errors import UpstreamError
from redoubt.pipeline.upstream import UpstreamRequest

ASK = [{"role": "user", "content": "hello"}]
CALLS: list[tuple[str, Any]] = [
    ("/v1/chat/completions", {"model": "m", "messages": ASK}),
    ("/v1/responses", {"model": "m", "input": "hello"}),
    ("/v1/completions", {"model": "m", "prompt": "hello"}),
    ("/v1/messages", {"model": "m", "max_tokens": 99, "messages": ASK}),
    ("/v1beta/models/m:generateContent", {"contents": [{"parts": [{"text": "hello"}]}]}),
]
NUMBERS: list[tuple[str, Any]] = [
    ("/v1/embeddings", {"model": "m", "input": ["a", "b"]}),
    ("/v1/messages/count_tokens", {"model": "m", "messages": ASK}),
    ("/v1beta/models/m:countTokens", {"contents": []}),
    ("/v1beta/models/m:embedContent", {"content": {"parts": [{"text": "a"}]}}),
    ("/v1beta/models/m:batchEmbedContents", {"requests": [{"content": {"parts": [{"text": "a"}]}}]}),
]


def send(path: str, body: Any, method: str = "POST", headers: Any = ()) -> tuple[int, dict[str, str], bytes]:
    async def ask() -> tuple[int, dict[str, str], bytes]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        reply = await PracticeUpstream(lambda: 7.9).send(UpstreamRequest(method, path, headers, raw))
        return reply.status, dict(reply.headers), b"".join([piece async for piece in reply.body()])

    return asyncio.run(ask())


@pytest.mark.parametrize(("path", "body"), CALLS + NUMBERS)
def test_every_endpoint_answers_the_same_twice_and_says_it_is_simulated(path: str, body: Any) -> None:
    status, headers, answer = send(path, body)
    assert status == 200
    assert headers == {"content-type": "application/json", "x-redoubt-simulated": "true"}
    assert send(path, body)[2] == answer
    assert isinstance(json.loads(answer), dict)


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_answers_echo_and_name_the_model(path: str, body: Any) -> None:
    answer = send(path, body)[2].decode()
    assert "You said: hello" in answer
    assert '"practice-m"' in answer


@pytest.mark.parametrize(("path", "body"), CALLS[:4])
def test_streams_come_as_events_in_small_pieces(path: str, body: Any) -> None:
    status, headers, answer = send(path, body | {"stream": True})
    assert (status, headers["content-type"]) == (200, "text/event-stream")
    assert answer.count(b"\n\n") > 5
    assert b"You said: hello" not in answer.split(b"response.output_text.done")[0]


def test_gemini_streams_in_both_forms() -> None:
    path, body = "/v1beta/models/m:streamGenerateContent", CALLS[4][1]
    whole = json.loads(send(path, body)[2])
    events = send(f"{path}?alt=sse", body)[2].decode().split("\n\n")
    assert [json.loads(e.removeprefix("data: ")) for e in events if e] == whole
    parts = [p["text"] for chunk in whole for c in chunk["candidates"] for p in c["content"]["parts"]]
    assert "".join(parts) == "You said: hello"
    assert len(parts) > 2


@pytest.mark.parametrize(
    ("path", "headers", "member"),
    [
        ("/v1/models", (), "object"),
        ("/v1/models", (("anthropic-version", "2023-06-01"),), "has_more"),
        ("/v1/models/practice-1", (), "object"),
        ("/v1beta/models", (), "models"),
        ("/v1beta/models/practice-1", (), "displayName"),
    ],
)
def test_models_are_listed(path: str, headers: Any, member: str) -> None:
    status, _, answer = send(path, b"", "GET", headers)
    assert status == 200
    assert member in json.loads(answer)
    assert b"simulated" in answer


@pytest.mark.parametrize(
    ("path", "body", "method", "status"),
    [
        ("/v1/chat/completions", b"{", "POST", 400),
        ("/v1/messages", b"[]", "POST", 400),
        ("/v1beta/models/m:generateContent", b"\xff", "POST", 400),
        ("/v1/nothing", b"{}", "POST", 404),
        ("/v1beta/models/m:nothing", b"{}", "POST", 404),
        ("/v1/nothing", b"", "GET", 404),
        ("/v1beta/nothing", b"", "GET", 404),
        ("/v1/messages", b"", "DELETE", 404),
        ("/v1/chat/completions", b"[" * 100_000, "POST", 400),
    ],
)
def test_what_a_provider_would_reject(path: str, body: bytes, method: str, status: int) -> None:
    found, headers, answer = send(path, body, method)
    assert found == status
    assert headers["x-redoubt-simulated"] == "true"
    assert "error" in json.loads(answer)


def test_a_closed_reply_breaks_off() -> None:
    async def ask() -> None:
        raw = json.dumps(CALLS[0][1] | {"stream": True}).encode()
        reply = await PracticeUpstream().send(UpstreamRequest("POST", CALLS[0][0], (), raw))
        async for _ in reply.body():
            await reply.aclose()

    with pytest.raises(UpstreamError):
        asyncio.run(ask())


def test_time_is_what_the_clock_says() -> None:
    assert json.loads(send(*CALLS[0])[2])["created"] == 7
