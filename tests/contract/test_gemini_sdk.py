"""The official `google-genai` SDK understands what the codec writes."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from redoubt.adapters.practice.upstream import PracticeUpstream
from redoubt.pipeline.upstream import UpstreamRequest
from redoubt.surfaces.gateway.wire.gemini_generate import GeminiGenerate
from redoubt.surfaces.gateway.wire.sse import EventParser
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes

CODEC = GeminiGenerate()
ASK: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "Write to PSEUDO-1."}]}]}
PARAMETERS = {"type": "OBJECT", "properties": {"order": {"type": "INTEGER"}, "to": {"type": "STRING"}}}
CALL: dict[str, Any] = {
    "contents": [{"role": "user", "parts": [{"text": "refund order 42 to PSEUDO-1"}]}],
    "tools": [{"functionDeclarations": [{"name": "refund", "parameters": PARAMETERS}]}],
}
STREAM = {"content-type": "text/event-stream"}


def client(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> genai.Client:
    def respond(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body, headers=headers or {"content-type": "application/json"})

    options = types.HttpOptions(
        base_url="http://redoubt.test",
        httpx_client=httpx2.Client(transport=httpx2.MockTransport(respond)),
        httpx_async_client=httpx2.AsyncClient(transport=httpx2.MockTransport(respond)),
    )
    return genai.Client(api_key="k", http_options=options)


async def practice(body: dict[str, Any], words: dict[str, str]) -> bytes:
    """What the practice model streams, translated for the caller."""
    path = "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    reply = await PracticeUpstream().send(UpstreamRequest("POST", path, (), json.dumps(body).encode()))
    parser, lanes, codec = (
        EventParser(),
        FakeLanes(words),
        CODEC.stream(CODEC.read_request(body, model="gemini-x")),
    )
    out = [codec.translate(e, lanes) async for chunk in reply.body() for e in parser.feed(chunk)]
    return b"".join(out) + codec.finish(lanes)


def streamed(body: bytes) -> list[types.GenerateContentResponse]:
    return list(client(body, headers=STREAM).models.generate_content_stream(model="gemini-x", contents="x"))


def test_a_refusal_is_an_answer() -> None:
    body = CODEC.refusal(CODEC.read_request(ASK), "I may not say that.", exchange="ex1", now=0.0)
    answer = client(json.dumps(body).encode()).models.generate_content(model="gemini-x", contents="x")
    assert answer.text == "I may not say that."
    assert answer.candidates
    assert answer.candidates[0].finish_reason == types.FinishReason.SAFETY


def test_a_streamed_refusal() -> None:
    chunks = streamed(CODEC.refusal_stream(CODEC.read_request(ASK), "No.", exchange="ex1", now=0.0))
    assert "".join(c.text or "" for c in chunks) == "No."
    assert chunks[-1].candidates
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.SAFETY


def test_a_translated_stream() -> None:
    body = asyncio.run(practice(ASK, {"PSEUDO-1": "Jane Roe"}))
    assert b"PSEUDO" not in body
    chunks = streamed(body)
    assert "Write to Jane Roe." in "".join(c.text or "" for c in chunks)
    assert chunks[-1].candidates
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP


def test_translated_calls() -> None:
    chunks = streamed(asyncio.run(practice(CALL, {"PSEUDO-1": "Jane Roe"})))
    calls = [call for c in chunks for call in c.function_calls or ()]
    assert [(call.name, call.args) for call in calls] == [("refund", {"order": 42, "to": "Jane Roe"})]


def test_the_asynchronous_client_reads_the_same() -> None:
    async def read() -> str:
        body = await practice(ASK, {"PSEUDO-1": "Jane Roe"})
        stream = await client(body, headers=STREAM).aio.models.generate_content_stream(
            model="m", contents="x"
        )
        said = "".join([chunk.text or "" async for chunk in stream])
        refused = CODEC.refusal(CODEC.read_request(ASK), "No.", exchange="e", now=0.0)
        whole = await client(json.dumps(refused).encode()).aio.models.generate_content(
            model="m", contents="x"
        )
        return said + (whole.text or "")

    said = asyncio.run(read())
    assert "Jane Roe" in said
    assert said.endswith("No.")


def test_a_stream_that_is_refused_midway() -> None:
    codec, lanes = CODEC.stream(CODEC.read_request(ASK)), FakeLanes()
    events = EventParser().feed(asyncio.run(practice(ASK, {})))[:3]
    chunks = streamed(b"".join(codec.translate(e, lanes) for e in events) + codec.refuse("Stopped."))
    assert (chunks[-1].text, len(chunks)) == ("Stopped.", 4)
    assert chunks[-1].candidates
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.SAFETY


def test_a_stream_that_breaks_off_raises() -> None:
    codec = CODEC.stream(CODEC.read_request(ASK))
    events = EventParser().feed(asyncio.run(practice(ASK, {})))[:3]
    body = b"".join(codec.translate(e, FakeLanes()) for e in events) + codec.fail("the provider broke off")
    with pytest.raises(errors.ServerError, match="broke off"):
        streamed(body)


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (400, "INVALID_ARGUMENT", errors.ClientError),
        (401, "UNAUTHENTICATED", errors.ClientError),
        (403, "PERMISSION_DENIED", errors.ClientError),
        (404, "NOT_FOUND", errors.ClientError),
        (413, "INVALID_ARGUMENT", errors.ClientError),
        (429, "RESOURCE_EXHAUSTED", errors.ClientError),
        (500, "INTERNAL", errors.ServerError),
        (503, "UNAVAILABLE", errors.ServerError),
        (504, "DEADLINE_EXCEEDED", errors.ServerError),
        (529, "UNAVAILABLE", errors.ServerError),
    ],
)
def test_errors_raise_the_sdks_own(status: int, name: str, error: type[errors.APIError]) -> None:
    body = json.dumps(CODEC.error(status, "what happened", code="SOME_CODE")).encode()
    with pytest.raises(error) as caught:
        client(body, status).models.generate_content(model="m", contents="x")
    assert (caught.value.code, caught.value.status, caught.value.message) == (status, name, "what happened")
