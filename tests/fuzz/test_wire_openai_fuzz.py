"""Any JSON gives a request, an answer, an event, or the error that is meant for it: never anything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.errors import InputError, UpstreamError
from redoubt.surfaces.gateway.wire import sse
from redoubt.surfaces.gateway.wire.interface import Json, ServerSentEvent, WireCodec
from redoubt.surfaces.gateway.wire.openai_chat import ChatCodec
from redoubt.surfaces.gateway.wire.openai_completions import CompletionsCodec
from redoubt.surfaces.gateway.wire.openai_embeddings import EmbeddingsCodec
from redoubt.surfaces.gateway.wire.openai_responses import ResponsesCodec
from tests.unit.surfaces.gateway.wire.lanes import WordLanes

KEYS = st.sampled_from(
    """
    model messages role content type text refusal image_url url input_audio data file file_data file_id tool_calls
    function custom name arguments input index function_call tools functions parameters response_format prediction
    metadata logit_bias stream prompt suffix instructions output summary action results variables conversation
    previous_response_id choices message delta finish_reason logprobs tokens token usage error item part annotation
    output_index content_index response id annotations audio transcript embedding encrypted_content delta/~
    """.split()  # noqa: SIM905
)
VALUES = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        4111111111111111,
        10**20,
        "",
        "x",
        "user",
        "assistant",
        "message",
        "function_call",
        "function_call_output",
        "input_file",
        "output_text",
        "reasoning",
        "data:text/plain;base64,aGVsbG8=",
        "data:;base64,/w==",
        "data:",
        "/w==",
        "m\u0000\u2028",
    ]
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS, TREES, max_size=6)
ITEMS = st.lists(OBJECTS, max_size=3)
CODECS: list[WireCodec] = [ChatCodec(), ResponsesCodec(), CompletionsCodec(), EmbeddingsCodec()]
STREAMED: list[WireCodec] = CODECS[:3]


def deep(levels: int) -> Json:
    value: Json = "x"
    for i in range(levels):
        value = [value] if i % 2 else {"a": value}
    return value


@pytest.mark.parametrize("codec", CODECS)
@given(body=TREES | OBJECTS, items=ITEMS)
def test_requests(codec: WireCodec, body: Json, items: Json) -> None:
    bodies = [body]
    if type(body) is dict:
        bodies.append(
            {**body, "model": "m", "stream": False, "messages": items, "input": items, "prompt": "x"}
        )
    for candidate in bodies:
        try:
            request = codec.read_request(candidate)
        except InputError:
            continue
        codec.write_request(request, {s.path: "changed" for s in request.segments})


@pytest.mark.parametrize("codec", CODECS)
@given(body=TREES | OBJECTS, items=ITEMS)
def test_answers(codec: WireCodec, body: Json, items: Json) -> None:
    bodies = [body]
    if type(body) is dict:
        choices = [{"message": item, "text": "x", **item} for item in items]
        bodies.append({**body, "choices": choices, "output": items, "data": items})
    for candidate in bodies:
        try:
            answer = codec.read_answer(candidate)
        except UpstreamError:
            continue
        codec.write_answer(answer, {s.path: "changed" for s in answer.segments})


KINDS = st.sampled_from(
    [
        "response.created",
        "response.completed",
        "response.output_item.added",
        "response.output_item.done",
        "response.content_part.added",
        "response.content_part.done",
        "response.output_text.delta",
        "response.output_text.done",
        "response.function_call_arguments.delta",
        "response.shell_call_output_content.delta",
        "response.output_text.annotation.added",
        "error",
        "x.delta",
        "x",
    ]
)


def chunk(delta: Json, more: dict[str, Json], kind: str) -> Json:
    choice = {"index": 0, "text": "x", **more, "delta": delta}
    return {**more, "choices": [choice], "type": kind, "delta": "x", "item": delta, "part": delta}


@pytest.mark.parametrize("codec", STREAMED)
@given(values=st.lists(st.builds(chunk, OBJECTS, OBJECTS, KINDS) | TREES, max_size=5), hold=st.integers(0, 3))
def test_streams(codec: WireCodec, values: list[Any], hold: int) -> None:
    stream = codec.stream(codec.read_request({"model": "m", "messages": [], "input": "", "prompt": ""}))
    lanes = WordLanes({}, hold, reopened=True)
    for value in values:
        event = ServerSentEvent(json.dumps(value))
        stream.is_final(event)
        try:
            stream.translate(event, lanes)
        except UpstreamError:
            break
    assert stream.refuse("No.").endswith(b"\n\n")
    assert stream.fail("Broken.").endswith(b"\n\n")


@given(
    st.binary()
    | st.lists(st.sampled_from([b"data:", b"\n", b"\r", b"\xff", b"event:x", b":", b"{}"])).map(b"".join)
)
def test_garbage_bytes(data: bytes) -> None:
    parser = sse.EventParser(max_event_bytes=30)
    try:
        events = parser.feed(data) + parser.close()
    except UpstreamError:
        return
    codec = ChatCodec()
    stream = codec.stream(codec.read_request({"model": "m", "messages": []}))
    for event in events:
        try:
            stream.translate(event, WordLanes())
        except UpstreamError:
            return


@pytest.mark.parametrize("codec", CODECS)
def test_deep_nesting_is_refused(codec: WireCodec) -> None:
    with pytest.raises(InputError, match="nesting"):
        codec.read_request({"model": "m", "messages": [], "input": "", "prompt": "", "new": deep(5000)})
    with pytest.raises(UpstreamError, match="nesting"):
        codec.read_answer({"new": deep(5000)})


def test_deep_nesting_in_a_stream_is_refused() -> None:
    codec = ChatCodec()
    stream = codec.stream(codec.read_request({"model": "m", "messages": []}))
    delta = '{"choices": [{"index": 0, "delta": {"a": ' + "[" * 200 + '"x"' + "]" * 200 + "}}]}"
    with pytest.raises(UpstreamError):
        stream.translate(ServerSentEvent(delta), WordLanes())
