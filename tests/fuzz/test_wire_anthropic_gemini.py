"""Whatever is handed to the codecs, there is a result or a clear error."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.adapters.practice.upstream import PracticeUpstream
from redoubt.domain.errors import InputError, UpstreamError
from redoubt.pipeline.upstream import UpstreamRequest
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicCountTokens, AnthropicMessages
from redoubt.surfaces.gateway.wire.gemini_generate import GeminiCountTokens, GeminiEmbed, GeminiGenerate
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent, WireCodec
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes

CODECS: list[WireCodec] = [
    AnthropicMessages(), AnthropicCountTokens(), GeminiGenerate(), GeminiGenerate(array=True), GeminiCountTokens(), GeminiEmbed(),
]  # fmt: skip
VOCABULARY = """
type text content messages system role user assistant model stream source data signature thinking input name tools
citations tool_use tool_result image document base64 url message delta index content_block usage input_schema
message_start content_block_start content_block_delta content_block_stop message_delta message_stop text_delta
input_json_delta partial_json signature_delta thinking_delta citations_delta citation error stop_reason
contents parts functionCall function_response args response inlineData mimeType fileData thought candidates
finishReason promptFeedback partialArgs jsonPath stringValue willContinue requests generateContentRequest
systemInstruction functionDeclarations parameters usageMetadata metadata labels user_id
"""
KEYS = st.sampled_from(VOCABULARY.split())
NUMBERS = st.integers(-2, 10**20) | st.floats(allow_nan=False, allow_infinity=False)
LEAF = st.none() | st.booleans() | NUMBERS | KEYS
LEAF = LEAF | st.text(max_size=8) | st.just("data:text/plain,hello") | st.just("data:,%ff")
JSON = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=15,
)


@pytest.mark.parametrize("codec", CODECS)
@settings(deadline=None)
@given(body=JSON)
def test_any_json_is_a_request_or_an_input_error(codec: WireCodec, body: Any) -> None:
    with contextlib.suppress(InputError):
        read = codec.read_request(body, model="m")
        assert len({s.path for s in read.segments}) == len(read.segments)
        assert codec.write_request(read, {}) is body
        codec.write_request(read, {s.path: "changed" for s in read.segments})


@pytest.mark.parametrize("codec", CODECS)
@settings(deadline=None)
@given(body=JSON)
def test_any_json_is_an_answer_or_an_upstream_error(codec: WireCodec, body: Any) -> None:
    with contextlib.suppress(UpstreamError):
        answer = codec.read_answer(body)
        codec.write_answer(answer, {s.path: "changed" for s in answer.segments})


@pytest.mark.parametrize("codec", CODECS[:1] + CODECS[2:4])
@settings(deadline=None)
@given(values=st.lists(JSON, max_size=5), end=st.sampled_from(["finish", "refuse", "fail"]))
def test_any_events_are_translated_or_an_upstream_error(
    codec: WireCodec, values: list[Any], end: str
) -> None:
    stream, lanes = (
        codec.stream(codec.read_request({"model": "m"}, model="m")),
        FakeLanes({"pseudonym": "value"}),
    )
    with contextlib.suppress(UpstreamError):
        for value in values:
            event = ServerSentEvent(json.dumps(value))
            stream.is_final(event)
            stream.translate(event, lanes)
    ends: dict[str, Callable[[], bytes]] = {
        "finish": lambda: stream.finish(lanes), "refuse": lambda: stream.refuse("no"), "fail": lambda: stream.fail("broke")
    }  # fmt: skip
    assert isinstance(ends[end](), bytes)


MESSAGE = {"id": "m", "type": "message", "role": "assistant", "content": [], "usage": {"input_tokens": 1}}
CALL = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
ANTHROPIC_EVENTS: list[Any] = [
    {"type": "message_start", "message": MESSAGE},
    {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "thinking", "thinking": "", "signature": ""},
    },
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2ln"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": CALL},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
    {"type": "content_block_stop", "index": 1},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 2}},
    {"type": "message_stop"},
]
PARTIAL = {"jsonPath": "$.a", "stringValue": "x", "willContinue": True}
PARTS: list[Any] = [
    {"text": "a", "thought": True},
    {"text": "b"},
    {"functionCall": {"name": "f", "args": {"a": 1}, "partialArgs": [PARTIAL]}},
    {"inlineData": {"mimeType": "text/plain", "data": "aGk="}},
]
GEMINI_EVENTS: list[Any] = [
    *({"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}]} for part in PARTS),
    {"candidates": [{"finishReason": "STOP", "index": 0, "citationMetadata": {"citations": [{"uri": "u"}]}}]},
]


def broken(data: st.DataObject, value: Any) -> Any:
    """Put something else in one place of ``value``."""
    if isinstance(value, dict | list) and value and data.draw(st.integers(0, 4)):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = data.draw(st.sampled_from(keys))
        copy: Any = value.copy()
        copy[key] = broken(data, copy[key])
        return copy
    return data.draw(JSON)


@pytest.mark.parametrize(
    ("codec", "events"),
    [(CODECS[0], ANTHROPIC_EVENTS), (CODECS[2], GEMINI_EVENTS), (CODECS[3], GEMINI_EVENTS)],
)
@settings(deadline=None)
@given(data=st.data())
def test_a_nearly_right_stream_is_translated_or_an_upstream_error(
    codec: WireCodec, events: list[Any], data: st.DataObject
) -> None:
    values = broken(data, events)
    stream, lanes = (
        codec.stream(codec.read_request({"model": "m"}, model="m")),
        FakeLanes({"pseudonym": "value"}),
    )
    with contextlib.suppress(UpstreamError):
        for value in values if isinstance(values, list) else [values]:
            event = ServerSentEvent(json.dumps(value))
            stream.is_final(event)
            stream.translate(event, lanes)
        stream.finish(lanes)
    assert isinstance(stream.refuse("no"), bytes)


@settings(deadline=None)
@given(data=st.text(max_size=40))
def test_any_data_is_translated_or_an_upstream_error(data: str) -> None:
    for codec in (CODECS[0], CODECS[2]):
        with contextlib.suppress(UpstreamError):
            codec.stream(codec.read_request({"model": "m"})).translate(ServerSentEvent(data), FakeLanes())


PATHS = st.sampled_from(
    [
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/completions",
        "/v1/embeddings",
        "/v1/messages",
        "/v1/messages/count_tokens",
    ]
    + [
        f"/v1beta/models/m:{verb}"
        for verb in ("generateContent", "streamGenerateContent", "countTokens", "embedContent", "x")
    ]
)


@settings(deadline=None)
@given(path=PATHS, body=JSON)
def test_the_practice_model_answers_anything(path: str, body: Any) -> None:
    async def ask() -> int:
        reply = await PracticeUpstream().send(UpstreamRequest("POST", path, (), json.dumps(body).encode()))
        assert [piece async for piece in reply.body()] != []
        return reply.status

    assert asyncio.run(ask()) in {200, 400, 404}
