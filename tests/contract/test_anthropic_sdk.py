"""The official `anthropic` SDK understands what the codec writes."""

import asyncio
import json
from typing import Any

import anthropic
import httpx2
import pytest

from redoubt.adapters.practice.upstream import PracticeUpstream
from redoubt.pipeline.upstream import UpstreamRequest
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicMessages
from redoubt.surfaces.gateway.wire.sse import EventParser
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes

CODEC = AnthropicMessages()
ASK: dict[str, Any] = {
    "model": "claude-x",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "Write to PSEUDO-1."}],
}
TOOL = {
    "name": "refund",
    "input_schema": {
        "type": "object",
        "properties": {"order": {"type": "integer"}, "to": {"type": "string"}},
    },
}
CALL = ASK | {"tools": [TOOL], "messages": [{"role": "user", "content": "refund order 42 to PSEUDO-1"}]}
STREAM = {"content-type": "text/event-stream"}


def respond(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Any:
    return lambda _request: httpx2.Response(
        status, content=body, headers=headers or {"content-type": "application/json"}
    )


def client(handler: Any) -> anthropic.Anthropic:
    return anthropic.Anthropic(
        api_key="k", base_url="http://redoubt.test", max_retries=0,
        http_client=httpx2.Client(transport=httpx2.MockTransport(handler)),
    )  # fmt: skip


def async_client(handler: Any) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(
        api_key="k", base_url="http://redoubt.test", max_retries=0,
        http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(handler)),
    )  # fmt: skip


async def practice(body: dict[str, Any], words: dict[str, str]) -> bytes:
    """What the practice model answers, translated for the caller."""
    raw = json.dumps(body).encode()
    reply = await PracticeUpstream().send(UpstreamRequest("POST", "/v1/messages", (), raw))
    parser, lanes, codec = EventParser(), FakeLanes(words), CODEC.stream(CODEC.read_request(body))
    out = [codec.translate(e, lanes) async for chunk in reply.body() for e in parser.feed(chunk)]
    return b"".join(out) + codec.finish(lanes)


run = asyncio.run


def test_a_refusal_is_a_message() -> None:
    body = CODEC.refusal(CODEC.read_request(ASK), "I may not say that.", exchange="ex1", now=0.0)
    message = client(respond(json.dumps(body).encode())).messages.create(**ASK)
    assert message.stop_reason == "refusal"
    assert [block.text for block in message.content if block.type == "text"] == ["I may not say that."]


def test_a_streamed_refusal_accumulates() -> None:
    body = CODEC.refusal_stream(CODEC.read_request(ASK), "I may not say that.", exchange="ex1", now=0.0)
    with client(respond(body, headers=STREAM)).messages.stream(**ASK) as stream:
        assert "".join(stream.text_stream) == "I may not say that."
        assert stream.get_final_message().stop_reason == "refusal"


def test_a_translated_stream_accumulates() -> None:
    body = run(practice(ASK | {"stream": True}, {"PSEUDO-1": "Jane Roe"}))
    assert b"PSEUDO" not in body
    with client(respond(body, headers=STREAM)).messages.stream(**ASK) as stream:
        assert "Write to Jane Roe." in stream.get_final_text()
        assert stream.get_final_message().stop_reason == "end_turn"


def test_translated_tool_arguments_accumulate() -> None:
    body = run(practice(CALL | {"stream": True}, {"PSEUDO-1": "Jane Roe"}))
    assert b"PSEUDO" not in body
    with client(respond(body, headers=STREAM)).messages.stream(**CALL) as stream:
        (block,) = stream.get_final_message().content
    assert block.type == "tool_use"
    assert block.input == {"order": 42, "to": "Jane Roe"}


def test_the_asynchronous_client_reads_the_same() -> None:
    async def read() -> tuple[str, str]:
        body = await practice(CALL | {"stream": True}, {"PSEUDO-1": "Jane Roe"})
        async with async_client(respond(body, headers=STREAM)).messages.stream(**CALL) as stream:
            message = await stream.get_final_message()
        refused = CODEC.refusal(CODEC.read_request(ASK), "No.", exchange="e", now=0.0)
        second = await async_client(respond(json.dumps(refused).encode())).messages.create(**ASK)
        return json.dumps(message.to_dict()["content"]), str(second.stop_reason)

    content, reason = run(read())
    assert "Jane Roe" in content
    assert reason == "refusal"


def test_a_stream_that_is_refused_midway() -> None:
    codec, lanes = CODEC.stream(CODEC.read_request(ASK)), FakeLanes()
    whole = run(practice(ASK | {"stream": True}, {}))
    events = EventParser().feed(whole)[:6]
    body = b"".join(codec.translate(e, lanes) for e in events) + codec.refuse("Stopped.")
    with client(respond(body, headers=STREAM)).messages.stream(**ASK) as stream:
        message = stream.get_final_message()
    assert message.stop_reason == "refusal"
    assert [block.text for block in message.content if block.type == "text"][-1] == "Stopped."


def test_a_stream_that_breaks_off_raises() -> None:
    codec = CODEC.stream(CODEC.read_request(ASK))
    events = EventParser().feed(run(practice(ASK | {"stream": True}, {})))[:4]
    body = b"".join(codec.translate(e, FakeLanes()) for e in events) + codec.fail("the provider broke off")
    with (
        client(respond(body, headers=STREAM)).messages.stream(**ASK) as stream,
        pytest.raises(anthropic.APIStatusError, match="broke off"),
    ):
        stream.get_final_message()


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (400, "invalid_request_error", anthropic.BadRequestError),
        (401, "authentication_error", anthropic.AuthenticationError),
        (403, "permission_error", anthropic.PermissionDeniedError),
        (404, "not_found_error", anthropic.NotFoundError),
        (413, "request_too_large", anthropic.APIStatusError),
        (422, "invalid_request_error", anthropic.UnprocessableEntityError),
        (429, "rate_limit_error", anthropic.RateLimitError),
        (500, "api_error", anthropic.InternalServerError),
        (503, "api_error", anthropic.InternalServerError),
        (504, "timeout_error", anthropic.InternalServerError),
        (529, "overloaded_error", anthropic.InternalServerError),
    ],
)
def test_errors_raise_the_sdks_own(status: int, kind: str, error: type[anthropic.APIStatusError]) -> None:
    body = CODEC.error(status, "what happened", code="some_code")
    with pytest.raises(error) as caught:
        client(respond(json.dumps(body).encode(), status)).messages.create(**ASK)
    assert caught.value.status_code == status
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["error"]["type"] == kind
    assert "what happened" in str(caught.value)
