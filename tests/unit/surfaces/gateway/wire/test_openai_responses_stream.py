import asyncio
import json
from collections.abc import Iterable
from typing import Any

import openai
import pytest

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Syntax, Usage
from redoubt.surfaces.gateway.wire import sse
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent
from redoubt.surfaces.gateway.wire.openai_responses import ResponsesCodec
from tests.unit.surfaces.gateway.wire.lanes import WordLanes
from tests.unit.surfaces.gateway.wire.openai_sdk import STREAM, async_client, client

CODEC = ResponsesCodec()
REQUEST = CODEC.read_request({"model": "m", "input": "x", "stream": True})


def response(status: str, output: list[Any], usage: Any = None) -> dict[str, Any]:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "m",
        "instructions": "Bob is the boss",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }


def message(text: str, status: str = "completed") -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": "msg", "type": "message", "role": "assistant", "status": status, "content": [part]}


def script(pieces: list[str], arguments: list[str]) -> list[dict[str, Any]]:
    text, data = "".join(pieces), "".join(arguments)
    at = {"item_id": "msg", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    call = {
        "id": "fc",
        "type": "function_call",
        "call_id": "c",
        "name": "f",
        "arguments": data,
        "status": "completed",
    }
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response("in_progress", [])},
        {"type": "response.in_progress", "response": response("in_progress", [])},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**message("", "in_progress"), "content": []},
        },
        {"type": "response.content_part.added", **at, "part": part},
        *(
            {"type": "response.output_text.delta", **at, "delta": p, "logprobs": [], "obfuscation": "x9"}
            for p in pieces
        ),
        {"type": "response.output_text.done", **at, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": {**part, "text": text}},
        {"type": "response.output_item.done", "output_index": 0, "item": message(text)},
        {"type": "response.output_item.added", "output_index": 1, "item": {**call, "arguments": ""}},
        *(
            {"type": "response.function_call_arguments.delta", "item_id": "fc", "output_index": 1, "delta": p}
            for p in arguments
        ),
        {
            "type": "response.function_call_arguments.done",
            "item_id": "fc",
            "output_index": 1,
            "arguments": data,
        },
        {"type": "response.output_item.done", "output_index": 1, "item": call},
        {
            "type": "response.completed",
            "response": response(
                "completed",
                [message(text), call],
                {
                    "input_tokens": 3,
                    "input_tokens_details": {"cached_tokens": 0},
                    "output_tokens": 2,
                    "output_tokens_details": {"reasoning_tokens": 0},
                    "total_tokens": 5,
                },
            ),
        },
    ]
    return [{**e, "sequence_number": i} for i, e in enumerate(events)]


SCRIPT = script(["Hello B", "ob, how", " are you?"], ['{"n": "B', 'ob"}'])


def event(value: Any) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(value), value.get("type", ""))


def run(events: Iterable[Any], lanes: WordLanes) -> bytes:
    stream = CODEC.stream(REQUEST)
    return b"".join(stream.translate(event(e), lanes) for e in events) + stream.finish(lanes)


def read(data: bytes) -> list[Any]:
    return [json.loads(e.data) for e in sse.EventParser().feed(data)]


def test_nothing_to_change_arrives_value_for_value() -> None:
    out = run(SCRIPT, WordLanes())
    assert read(out) == SCRIPT
    assert out.startswith(b"event: response.created\ndata: {")


@pytest.mark.parametrize("hold", [0, 3, 9, 99])
def test_every_repetition_says_what_was_released(hold: int) -> None:
    lanes = WordLanes({"Bob": "Alice"}, hold)
    out = read(run(SCRIPT, lanes))
    assert "Bob" not in json.dumps(out)
    said = "Hello Alice, how are you?"
    kinds = {e["type"]: e for e in out}
    assert "".join(e["delta"] for e in out if e["type"] == "response.output_text.delta") == said
    assert kinds["response.output_text.done"]["text"] == said
    assert kinds["response.content_part.done"]["part"]["text"] == said
    assert kinds["response.completed"]["response"]["output"][0]["content"][0]["text"] == said
    assert kinds["response.completed"]["response"]["instructions"] == "Alice is the boss"
    assert kinds["response.function_call_arguments.done"]["arguments"] == '{"n": "Alice"}'
    assert kinds["response.output_item.done"]["item"]["arguments"] == '{"n": "Alice"}'
    assert [e["sequence_number"] for e in out] == list(range(len(out)))
    assert lanes.roles["/output/1/arguments"] == (Role.TOOL_CALL, Syntax.JSON)
    assert not any("Hello" in text for text in lanes.whole.values())


@pytest.mark.parametrize("hold", [0, 5, 99])
def test_the_sdk_accumulates_a_translated_stream(hold: int) -> None:
    out = run(SCRIPT, WordLanes({"Bob": "Alice"}, hold))
    with client(out, 200, STREAM).responses.stream(model="m", input="x") as got:
        final = got.get_final_response()
    assert final.output_text == "Hello Alice, how are you?"
    assert final.output[1].type == "function_call"
    assert final.output[1].arguments == '{"n": "Alice"}'
    assert final.status == "completed"


def test_usage_and_chain() -> None:
    stream, lanes = CODEC.stream(REQUEST), WordLanes()
    for e in SCRIPT:
        stream.translate(event(e), lanes)
    assert (stream.usage, stream.chain) == (Usage(3, 2), "resp_1")


def test_final() -> None:
    stream = CODEC.stream(REQUEST)
    assert [e["type"] for e in SCRIPT if stream.is_final(event(e))] == ["response.completed"]
    assert stream.is_final(event({"type": "response.incomplete"}))
    assert stream.is_final(event({"type": "error", "message": "x"}))
    assert not stream.is_final(ServerSentEvent("nonsense"))


GROWING = [
    ("response.refusal", {"content_index": 0}, "refusal", "/output/0/content/0/refusal"),
    ("response.reasoning_text", {"content_index": 0}, "text", "/output/0/content/0/text"),
    ("response.reasoning_summary_text", {"summary_index": 1}, "text", "/output/0/summary/1/text"),
    ("response.mcp_call_arguments", {}, "arguments", "/output/0/arguments"),
    ("response.custom_tool_call_input", {}, "input", "/output/0/input"),
    ("response.code_interpreter_call_code", {}, "code", "/output/0/code"),
    ("response.shell_call_command", {"command_index": 2}, "command", "/output/0/action/commands/2"),
    ("response.something_new", {"content_index": 0}, "words", "/output/0/response.something_new/0/0/"),
]


@pytest.mark.parametrize(("stem", "more", "member", "lane"), GROWING)
def test_every_growing_text_is_a_lane(stem: str, more: Any, member: str, lane: str) -> None:
    lanes = WordLanes({"Bob": "Eve"}, 6)
    at = {"item_id": "i", "output_index": 0, **more}
    events = [
        {"type": f"{stem}.delta", **at, "delta": "I am B"},
        {"type": f"{stem}.delta", **at, "delta": "ob"},
        {"type": f"{stem}.done", **at, member: "I am Bob"},
    ]
    out = read(run(events, lanes))
    assert "".join(e.get("delta", "") for e in out) == "I am Eve"
    assert out[-1][member] == "I am Eve"
    assert lanes.out == {lane: "I am Eve"}


def test_the_output_of_a_shell() -> None:
    at = {
        "type": "response.shell_call_output_content.delta",
        "item_id": "i",
        "output_index": 0,
        "command_index": 0,
    }
    events = [{**at, "delta": {"stdout": "B"}}, {**at, "delta": {"stdout": "ob", "stderr": "Bob"}}]
    out = read(run(events, WordLanes({"Bob": "Eve"}, 3)))
    assert "".join(e["delta"].get("stdout") or "" for e in out) == "Eve"
    assert "".join(e["delta"].get("stderr") or "" for e in out) == "Eve"


def test_a_text_that_only_comes_whole_is_inspected_once() -> None:
    done = [e for e in SCRIPT if not e["type"].endswith(".delta")]
    lanes = WordLanes({"Bob": "Alice"})
    out = read(run(done, lanes))
    assert "Bob" not in json.dumps(out)
    assert out[-1]["response"]["output"][0]["content"][0]["text"] == "Hello Alice, how are you?"


def test_a_final_text_that_was_never_sent_in_pieces_is_inspected() -> None:
    events = [*SCRIPT[:-1], {**SCRIPT[-1], "response": response("completed", [message("Bob again")])}]
    out = read(run(events, WordLanes({"Bob": "Alice"})))
    assert out[-1]["response"]["output"][0]["content"][0]["text"] == "Alice again"


def test_items_counted_otherwise_in_the_end_keep_their_own_text() -> None:
    last = SCRIPT[-1]["response"]
    events = [*SCRIPT[:-1], {**SCRIPT[-1], "response": {**last, "output": last["output"][1:]}}]
    out = read(run(events, WordLanes({"Bob": "Alice"}, 9)))
    assert out[-1]["response"]["output"][0]["arguments"] == '{"n": "Alice"}'


def test_what_begins_is_empty() -> None:
    added = {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": message("Bob in full", "in_progress"),
    }
    assert read(run([added], WordLanes()))[0]["item"]["content"][0]["text"] == ""


def test_annotations_and_unknown_members_are_inspected() -> None:
    note = {"type": "url_citation", "url": "https://x/Bob", "title": "Bob"}
    at = {"item_id": "msg", "output_index": 0, "content_index": 0, "annotation_index": 0}
    events = [
        {"type": "response.output_text.annotation.added", **at, "annotation": note, "aside": "Bob"},
        {"type": "response.invented", "news": {"about": "Bob"}},
        {"type": "error", "code": "x", "message": "Bob failed"},
    ]
    assert b"Bob" not in run(events, WordLanes({"Bob": "Eve"}))


@pytest.mark.parametrize(
    "data",
    [
        "nonsense",
        "[]",
        "{}",
        '{"type": 1}',
        '{"type": "response.output_text.delta", "delta": 1}',
        '{"type": "response.output_text.delta", "delta": "x", "output_index": "x"}',
        '{"type": "response.output_item.done", "item": 1}',
        '{"type": "response.completed", "response": {"output": {}}}',
    ],
)
def test_what_the_protocol_does_not_say_is_refused(data: str) -> None:
    with pytest.raises(UpstreamError):
        CODEC.stream(REQUEST).translate(ServerSentEvent(data), WordLanes())


def test_the_sdk_reads_a_streamed_refusal() -> None:
    out = CODEC.refusal_stream(REQUEST, "No.", exchange="x", now=3.0)
    with client(out, 200, STREAM).responses.stream(model="m", input="x") as got:
        got.until_done()
    events = list(client(out, 200, STREAM).responses.create(model="m", input="x", stream=True))
    last = events[-1]
    assert last.type == "response.incomplete"
    assert (last.response.id, last.response.output_text) == ("resp_x", "No.")
    assert "".join(e.delta for e in events if e.type == "response.output_text.delta") == "No."
    assert [e.sequence_number for e in events] == list(range(len(events)))


@pytest.mark.parametrize("cut", range(1, len(SCRIPT) - 1))
def test_a_refusal_amid_the_stream(cut: int) -> None:
    stream, lanes = CODEC.stream(REQUEST), WordLanes({"Bob": "Alice"}, 4)
    out = b"".join(stream.translate(event(e), lanes) for e in SCRIPT[:cut]) + stream.refuse("No more.")
    with client(out, 200, STREAM).responses.stream(model="m", input="x") as got:
        got.until_done()
    events = list(client(out, 200, STREAM).responses.create(model="m", input="x", stream=True))
    last = events[-1]
    assert last.type == "response.incomplete"
    assert last.response.output_text.endswith("No more.")
    assert last.response.incomplete_details is not None
    assert last.response.incomplete_details.reason == "content_filter"
    said = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert last.response.output_text == said
    begun = [e.output_index for e in events if e.type == "response.output_item.added"]
    ended = [e.output_index for e in events if e.type == "response.output_item.done"]
    assert sorted(begun) == sorted(ended)
    assert [e.sequence_number for e in events] == list(range(len(events)))


def test_the_sdk_raises_where_the_provider_broke_off() -> None:
    stream, lanes = CODEC.stream(REQUEST), WordLanes()
    out = b"".join(stream.translate(event(e), lanes) for e in SCRIPT[:5]) + stream.fail(
        "The provider broke off."
    )

    async def ask() -> None:
        async with async_client(out, 200, STREAM) as asynchronous:
            async for _ in await asynchronous.responses.create(model="m", input="x", stream=True):
                pass

    with pytest.raises(openai.APIError, match=r"The provider broke off\."):
        asyncio.run(ask())


AT = {"item_id": "msg", "output_index": 0, "content_index": 0}
SECRET = [{"token": "Bob", "logprob": -1.0}]


@pytest.mark.parametrize(
    "value",
    [
        {
            "type": "response.output_text.delta",
            **AT,
            "delta": "x",
            "item": {"a": "Bob"},
            "part": "Bob",
            "logprobs": SECRET,
        },
        {"type": "response.output_text.done", **AT, "text": "x", "delta": "Bob", "logprobs": SECRET},
        {"type": "response.output_text.done", **AT, "text": None, "logprobs": SECRET},
        {
            "type": "response.created",
            "response": response("in_progress", []),
            "item": "Bob",
            "part": {"text": "Bob"},
        },
        {"type": "response.invented", "response": "Bob", "annotation": "Bob", "logprobs": SECRET},
        {"type": "response.invented.delta", "delta": {"n": [4111111111111111, "Bob"], "text": "Bob"}},
        {"type": "response.invented.delta", "delta": ["Bob"], "item_id": "Bob is here"},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": message("Bob"),
            "part": {"text": "Bob"},
        },
    ],
)
def test_no_member_is_a_way_around_the_inspection(value: Any) -> None:
    out = run([value], WordLanes({"Bob": "Eve", "4111111111111111": "card"}))
    assert b"Bob" not in out
    assert b"4111" not in out


def test_a_text_that_was_ended_does_not_go_on() -> None:
    delta = {"type": "response.output_text.delta", **AT, "delta": "x"}
    with pytest.raises(UpstreamError):
        run([delta, {"type": "response.output_text.done", **AT, "text": "x"}, delta], WordLanes())
