"""Any bytes from a caller or a provider give an answer or an error in the provider's shape; the process stays up."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from redoubt.surfaces.gateway.openapi import document
from tests.e2e.provider import EVENTS, HEAD, LAST_CHUNK, Sent, chunk, plain, practised, saying
from tests.e2e.rig import House

BODIES: dict[str, Any] = {
    "/v1/chat/completions": {
        "model": "gpt-x", "messages": [
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": [{"type": "text", "text": "refund order 42 to jane@acme-widgets.com"}]},
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "refund", "arguments": "{\"to\": \"jane@acme-widgets.com\"}"}}]},
            {"role": "tool", "tool_call_id": "c", "content": "done"}],
        "tools": [{"type": "function", "function": {"name": "refund", "parameters": {"type": "object"}}}],
        "stream_options": {"include_usage": True}, "metadata": {"a": "b"}},
    "/v1/responses": {
        "model": "gpt-x", "instructions": "be brief", "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "refund order 42 to jane@acme-widgets.com"}]},
            {"type": "function_call", "call_id": "c", "name": "refund", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "jane@acme-widgets.com"}],
        "tools": [{"type": "function", "name": "refund", "parameters": {"type": "object"}}]},
    "/v1/completions": {"model": "gpt-x", "prompt": ["hello", "jane@acme-widgets.com"], "suffix": "x", "max_tokens": 9},
    "/v1/embeddings": {"model": "text-embedding-x", "input": ["hello", "jane@acme-widgets.com"]},
    "/v1/messages": {
        "model": "claude-x", "max_tokens": 99, "system": [{"type": "text", "text": "be brief"}], "messages": [
            {"role": "user", "content": "refund order 42 to jane@acme-widgets.com"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "refund", "input": {"to": "jane@acme-widgets.com"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text", "text": "done"}]}]}],
        "tools": [{"name": "refund", "input_schema": {"type": "object"}}]},
    "/v1/messages/count_tokens": {"model": "claude-x", "messages": [{"role": "user", "content": "jane@acme-widgets.com"}]},
    "/v1beta/models/gemini-x:generateContent": {
        "systemInstruction": {"parts": [{"text": "be brief"}]}, "contents": [
            {"role": "user", "parts": [{"text": "refund order 42 to jane@acme-widgets.com"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "refund", "args": {"to": "jane@acme-widgets.com"}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "refund", "response": {"ok": True}}}]}],
        "tools": [{"functionDeclarations": [{"name": "refund", "parameters": {"type": "OBJECT"}}]}],
        "generationConfig": {"temperature": 0.5}},
    "/v1beta/models/gemini-x:streamGenerateContent?alt=sse": {"contents": [{"parts": [{"text": "jane@acme-widgets.com"}]}]},
    "/v1beta/models/gemini-x:embedContent": {"content": {"parts": [{"text": "jane@acme-widgets.com"}]}},
}  # fmt: skip
STREAMED = (
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/completions",
    "/v1/messages",
    "/v1beta/models/gemini-x:streamGenerateContent?alt=sse",
)
SHORT = settings(
    max_examples=settings().max_examples // 3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12) | st.just("jane@acme-widgets.com"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[httpx2.Client]:
    door = house.door()
    with httpx2.Client(
        base_url=door.url, headers={"authorization": f"Bearer {door.admin}"}, timeout=20
    ) as made:
        yield made


def replaced(value: Any, draw: st.DrawFn, odds: int) -> Any:
    """Put something else in a few places of ``value``."""
    if draw(st.integers(0, odds)) == 0:
        return draw(VALUES)
    if isinstance(value, dict):
        return {
            k if draw(st.integers(0, 20)) else draw(st.text(max_size=8)): replaced(v, draw, odds)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [replaced(item, draw, odds) for item in value]
    return value


@st.composite
def bodies(draw: st.DrawFn, path: str) -> bytes:
    """A good body in which a few things are wrong."""
    body = replaced(BODIES[path], draw, 12)
    if isinstance(body, dict) and draw(st.booleans()):
        body["stream"] = draw(st.booleans() | VALUES)
    return json.dumps(body).encode()


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """``data`` with a few pieces cut out, doubled, moved or overwritten."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 80)))
        new = draw(
            st.sampled_from((b"", data[start:end] * 2, b"\xff", b"\n\n", b"null", b"{", b"\x00"))
            | st.binary(max_size=9)
        )
        data = data[:start] + new + data[end:]
    return data


def proper(path: str, answer: httpx2.Response) -> None:
    """An answer, or an error in the shape of the path's provider, with our headers."""
    assert answer.headers["x-redoubt-exchange"]
    assert answer.headers["x-redoubt-decision"] in ("allow", "redact", "hold", "deny")
    assert answer.status_code not in (500, 503), answer.text
    assert b"Traceback" not in answer.content
    if answer.status_code < 400:
        return
    error = answer.json()["error"]
    assert isinstance(error["message"], str)
    if path.startswith("/v1/messages"):
        assert answer.json()["type"] == "error"
        assert error["type"]
    elif path.startswith("/v1beta/"):
        assert error["code"] == answer.status_code
        assert error["status"]
    else:
        assert error["type"]


@pytest.mark.parametrize("path", BODIES)
@SHORT
@given(body=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
@example(body=b'{"model":"gpt-x","model":"gpt-x","messages":[],"messages":{}}')
def test_any_bytes(house: House, client: httpx2.Client, path: str, body: bytes) -> None:
    house.provider.forget()
    proper(path, client.post(path, content=body, headers={"content-type": "application/json"}))


@pytest.mark.parametrize("path", BODIES)
@SHORT
@given(data=st.data())
def test_requests_in_which_something_is_wrong(
    house: House, client: httpx2.Client, path: str, data: st.DataObject
) -> None:
    house.provider.forget()
    body = data.draw(bodies(path))
    proper(path, client.post(path, content=body, headers={"content-type": "application/json"}))
    assert b"jane@acme-widgets.com" not in house.provider.everything


@pytest.mark.parametrize("path", BODIES)
@SHORT
@given(
    body=st.binary(max_size=200) | VALUES.map(lambda v: json.dumps(v).encode()),
    status=st.sampled_from((200, 204, 400, 429, 500)),
)
def test_answers_that_are_garbage(
    house: House, client: httpx2.Client, path: str, body: bytes, status: int
) -> None:
    house.provider.forget()
    media_type = b"application/json"
    house.provider.acts.extend([saying(plain(body, status, media_type), close=True)] * 2)
    answer = client.post(path, json=BODIES[path])
    assert answer.headers["x-redoubt-exchange"]
    assert b"Traceback" not in answer.content
    assert answer.status_code in (200, 204, 400, 429, 500, 502)


@pytest.mark.parametrize("path", STREAMED)
@SHORT
@given(data=st.data())
def test_streams_that_are_garbage(
    house: House, client: httpx2.Client, path: str, data: st.DataObject
) -> None:
    """Wherever a stream is damaged and however it is cut, the caller gets a whole HTTP answer."""
    body = {**BODIES[path], "stream": True}
    good = stream_of(house, client, path, body)
    stream = data.draw(st.binary(max_size=200) | damaged(good) | st.just(good[: len(good) // 2]))
    size = data.draw(st.integers(1, 400))
    pieces = b"".join(chunk(stream[i : i + size]) for i in range(0, len(stream), size))
    house.provider.forget()
    ends = data.draw(st.booleans())
    house.provider.acts.extend([saying(EVENTS + pieces + (LAST_CHUNK if ends else b""), close=True)] * 2)
    answer = client.post(path, json=body)
    assert b"Traceback" not in answer.content
    assert answer.status_code in (200, 502)
    if answer.status_code == 502:
        proper(path, answer)


_STREAMS: dict[str, bytes] = {}


def stream_of(house: House, client: httpx2.Client, path: str, body: Any) -> bytes:
    """What the practice model streams for ``body`` at ``path``."""
    if path not in _STREAMS:
        house.provider.forget()
        assert client.post(path, json=body).status_code == 200
        _STREAMS[path] = asyncio.run(practised(Sent(house.provider.seen[0].raw)))[2]
    return _STREAMS[path]


@SHORT
@given(head=st.binary(max_size=120))
@example(head=HEAD % (200, b"text/event-stream") + b"content-length: -1\r\n\r\n")
@example(head=b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n")
@example(head=b"HTTP/1.1 101 Switching\r\n\r\n")
def test_replies_that_are_no_http(house: House, client: httpx2.Client, head: bytes) -> None:
    house.provider.forget()
    house.provider.acts.extend([saying(head, close=True)] * 2)
    path = "/v1/chat/completions"
    proper(path, client.post(path, json=BODIES[path]))


API = schemathesis.openapi.from_dict(document("0"))
WITHOUT = "POST /redoubt/v1/policies/reload"
"""What the gateway of these tests cannot do: it has no files to read a policy from anew, and answers 503."""
OPERATIONS: list[Any] = [
    found.ok() for found in API.get_all_operations() if isinstance(found, Ok) and found.ok().label != WITHOUT
]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: str(o.label))
@SHORT
@given(data=st.data())
def test_the_management_api_keeps_to_its_description(
    house: House, operation: Any, data: st.DataObject
) -> None:
    mode = data.draw(st.sampled_from((GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))
    case = data.draw(operation.as_strategy(generation_mode=mode))
    door = house.door()
    response = case.call(base_url=door.url, headers={"authorization": f"Bearer {door.admin}"})
    case.validate_response(response, checks=CHECKS)
