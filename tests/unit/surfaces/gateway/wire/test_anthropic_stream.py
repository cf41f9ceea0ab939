"""Streamed answers of the Messages API on their way to the caller, event by event."""

import json
from typing import Any

import pytest

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Syntax, Usage
from redoubt.surfaces.gateway.wire.anthropic_stream import AnthropicStream
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent
from redoubt.surfaces.gateway.wire.sse import EventParser
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes

START: dict[str, Any] = {
    "type": "message_start",
    "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
                "stop_reason": None, "usage": {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 1}},
}  # fmt: skip
TEXT = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
STOP = {"type": "content_block_stop", "index": 0}
END = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 9},
}
LAST = {"type": "message_stop"}


def delta(kind: str, member: str, value: Any, index: int = 0) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, member: value}}


def event(value: Any) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(value), value["type"] if isinstance(value, dict) else "")


def run(values: list[Any], lanes: FakeLanes) -> list[Any]:
    codec = AnthropicStream("m")
    out = b"".join(codec.translate(event(value), lanes) for value in values) + codec.finish(lanes)
    return [json.loads(e.data) for e in EventParser().feed(out)]


def test_what_needs_no_change_goes_byte_for_byte() -> None:
    values = [START, TEXT, {"type": "ping"}, delta("text_delta", "text", "hello"), STOP, END, LAST]
    codec, lanes = AnthropicStream("m"), FakeLanes()
    for value in values:
        raw = f"event: {value['type']}\ndata: {json.dumps(value)}\n\n".encode()
        assert codec.translate(event(value), lanes) == raw
    assert codec.finish(lanes) == b""
    assert codec.usage == Usage(7, 9)


def test_the_rest_comes_before_the_block_ends() -> None:
    pieces = ["I wrote to PSE", "UDO-1 t", "oday"]
    values = [START, TEXT, *(delta("text_delta", "text", p) for p in pieces), STOP, END, LAST]
    out = run(values, FakeLanes({"PSEUDO-1": "Jane Roe"}))
    assert [v["type"] for v in out if v["type"] != "content_block_delta"] == [
        "message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"]  # fmt: skip
    assert out[-3] == STOP
    said = "".join(v["delta"]["text"] for v in out if v["type"] == "content_block_delta")
    assert said == "I wrote to Jane Roe today"


def test_tool_arguments_are_a_lane_of_json() -> None:
    call = {"type": "tool_use", "id": "t", "name": "refund", "input": {}}
    pieces = ['{"to": "PSE', 'UDO-1"', "}"]
    lanes = FakeLanes({"PSEUDO-1": "Jane Roe"})
    begun = {"type": "content_block_start", "index": 0, "content_block": call}
    out = run([START, begun, *(delta("input_json_delta", "partial_json", p) for p in pieces), STOP], lanes)
    said = "".join(v["delta"]["partial_json"] for v in out if v["type"] == "content_block_delta")
    assert json.loads(said) == {"to": "Jane Roe"}
    assert lanes.kinds["/content/0/partial_json~0"] == (Role.TOOL_CALL, Syntax.JSON)


def test_thoughts_are_complete_before_their_signature() -> None:
    begun = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "thinking", "thinking": "", "signature": ""},
    }
    values = [
        START,
        begun,
        delta("thinking_delta", "thinking", "think of PSEUDO-1"),
        delta("signature_delta", "signature", "c2ln" * 20),
        STOP,
    ]
    out = run(values, FakeLanes({"PSEUDO-1": "Jane"}))
    kinds = [v["delta"]["type"] for v in out if v["type"] == "content_block_delta"]
    assert kinds[-1] == "signature_delta"
    assert set(kinds[:-1]) == {"thinking_delta"}
    assert "".join(v["delta"].get("thinking", "") for v in out[2:-1]) == "think of Jane"


def test_texts_that_come_whole_are_replaced() -> None:
    citation = {
        "type": "char_location",
        "cited_text": "PSEUDO-1 said",
        "document_index": 0,
        "document_title": None,
    }
    result = {
        "type": "web_search_tool_result",
        "tool_use_id": "s",
        "content": [{"type": "web_search_result", "title": "PSEUDO-1", "url": "https://e.com"}],
    }
    values = [
        START, {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "PSEUDO-1"}},
        delta("citations_delta", "citation", citation), STOP,
        {"type": "content_block_start", "index": 1, "content_block": result}, {"type": "content_block_stop", "index": 1},
        {"type": "invented", "words": "PSEUDO-1"},
        {"type": "message_delta", "delta": {"stop_reason": "stop_sequence", "stop_sequence": "PSEUDO-1"}, "usage": {}},
    ]  # fmt: skip
    out = run(values, FakeLanes({"PSEUDO-1": "Jane"}))
    assert "PSEUDO" not in json.dumps(out)
    assert json.dumps(out).count("Jane") == 5
    by_kind = {v["delta"]["type"]: v["delta"] for v in out if v["type"] == "content_block_delta"}
    assert by_kind["citations_delta"]["citation"] == citation | {"cited_text": "Jane said"}


def test_lanes_left_open_are_paid_out_at_the_end() -> None:
    out = run([START, TEXT, delta("text_delta", "text", "PSEUDO-")], FakeLanes({"PSEUDO-1": "Jane"}))
    assert out[-2:] == [delta("text_delta", "text", "PSEUDO-"), STOP]


@pytest.mark.parametrize(
    "before", [[], [START], [START, TEXT], [START, TEXT, delta("text_delta", "text", "some"), STOP]]
)
def test_a_refusal_leaves_a_whole_message(before: list[Any]) -> None:
    codec, lanes = AnthropicStream("m"), FakeLanes({"something-long": "x"})
    head = b"".join(codec.translate(event(value), lanes) for value in before)
    out = [json.loads(e.data) for e in EventParser().feed(head + codec.refuse("No."))]
    assert out[0]["type"] == "message_start"
    assert [v["type"] for v in out].count("message_start") == 1
    opened = [v["index"] for v in out if v["type"] == "content_block_start"]
    assert (
        opened == [v["index"] for v in out if v["type"] == "content_block_stop"] == list(range(len(opened)))
    )
    assert out[-2]["delta"]["stop_reason"] == "refusal"
    assert out[-1] == {"type": "message_stop"}
    assert out[-4] == delta("text_delta", "text", "No.", opened[-1])
    assert codec.finish(lanes) == b""


def test_which_events_are_final() -> None:
    codec = AnthropicStream("m")
    assert codec.is_final(event(LAST))
    assert codec.is_final(event({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}))
    assert not codec.is_final(event(END))
    assert not codec.is_final(event(delta("text_delta", "text", '{"type":"message_stop"}')))
    assert codec.is_final(ServerSentEvent('{"type":"message_stop"}', "ping"))


@pytest.mark.parametrize(
    "values",
    [
        ["not an object"],
        [START, START],
        [TEXT],
        [{"type": 5}],
        [{"type": "message_start", "message": "x"}],
        [START, delta("text_delta", "text", "no block")],
        [START, TEXT, delta("text_delta", "text", 5)],
        [START, TEXT, delta("text_delta", "text", "x", index=1)],
        [START, TEXT, TEXT],
        [START, TEXT, STOP, TEXT],
        [START, TEXT, {"type": "content_block_delta", "index": 0, "delta": "x"}],
        [START, TEXT, {"type": "content_block_delta", "index": 0, "delta": {"type": ["text_delta"]}}],
        [
            START,
            TEXT,
            {"type": "content_block_delta", "index": [0], "delta": {"type": "text_delta", "text": ""}},
        ],
        [START, TEXT | {"content_block": "x"}],
        [START, TEXT | {"index": -1}],
        [START, TEXT | {"index": 10**9}],
        [START, STOP],
        [START, END | {"usage": "many"}],
    ],
)
def test_what_is_not_the_protocol_is_an_upstream_error(values: list[Any]) -> None:
    with pytest.raises(UpstreamError):
        run(values, FakeLanes())


def test_broken_json_is_an_upstream_error() -> None:
    with pytest.raises(UpstreamError):
        AnthropicStream("m").translate(ServerSentEvent('{"type": "pi', "ping"), FakeLanes())


def test_a_refusal_can_take_the_place_of_the_final_event() -> None:
    codec, lanes = AnthropicStream("m"), FakeLanes()
    out = b"".join(codec.translate(event(v), lanes) for v in (START, TEXT, STOP, END))
    codec.translate(event(LAST), lanes)
    said = [json.loads(e.data) for e in EventParser().feed(out + codec.refuse("No."))]
    assert [v["delta"]["stop_reason"] for v in said if v["type"] == "message_delta"] == [
        "end_turn",
        "refusal",
    ]
    assert said[-1] == LAST
    assert codec.refuse("again") == b""
