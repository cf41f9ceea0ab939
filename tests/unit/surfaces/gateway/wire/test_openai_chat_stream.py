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
from redoubt.surfaces.gateway.wire.openai_chat import ChatCodec
from redoubt.surfaces.gateway.wire.openai_completions import CompletionsCodec
from tests.unit.surfaces.gateway.wire.lanes import WordLanes
from tests.unit.surfaces.gateway.wire.openai_sdk import STREAM, async_client, client

CODEC = ChatCodec()
REQUEST = CODEC.read_request({"model": "m", "messages": [], "stream": True})
HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def chunk(delta: Any, index: int = 0, finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        **HEAD,
        "choices": [{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}],
        **more,
    }


def event(value: Any) -> ServerSentEvent:
    return ServerSentEvent(value if isinstance(value, str) else json.dumps(value))


def run(events: Iterable[Any], lanes: WordLanes, codec: Any = CODEC, *, done: bool = True) -> bytes:
    stream = codec.stream(REQUEST)
    out = b"".join(stream.translate(event(e), lanes) for e in events)
    if done:
        out += stream.translate(ServerSentEvent("[DONE]"), lanes)
    return out + bytes(stream.finish(lanes))


def read(data: bytes) -> list[Any]:
    return [json.loads(e.data) for e in sse.EventParser().feed(data) if e.data != "[DONE]"]


def content(data: bytes, index: int = 0, key: str = "content") -> str:
    choices = [c for e in read(data) for c in e["choices"] if c["index"] == index]
    return "".join(c["delta"].get(key) or "" for c in choices)


TALK = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Hello B"}),
    chunk({"content": "ob, how"}),
    chunk({"content": " are you?"}),
    chunk({}, finish="stop"),
    {**HEAD, "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}},
]


def test_nothing_to_change_arrives_value_for_value() -> None:
    out = run(TALK, WordLanes())
    assert read(out) == TALK
    assert out.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("hold", [0, 1, 3, 50])
def test_words_are_replaced_across_chunks_and_the_rest_comes_before_the_end(hold: int) -> None:
    out = run(TALK, WordLanes({"Bob": "Alice"}, hold))
    assert content(out) == "Hello Alice, how are you?"
    finishes = [c["finish_reason"] for e in read(out) for c in e["choices"]]
    assert finishes[-1] == "stop"
    assert finishes.count("stop") == 1


def test_usage_is_noted() -> None:
    stream = CODEC.stream(REQUEST)
    for value in TALK:
        stream.translate(event(value), WordLanes())
    assert stream.usage == Usage(3, 2)


def test_choices_and_tool_calls_do_not_mix() -> None:
    def call(i: int, text: str, **more: Any) -> dict[str, Any]:
        return {"tool_calls": [{"index": i, **more, "function": {"arguments": text}}]}

    events = [
        chunk({"content": "B"}, 0),
        chunk({"content": "B"}, 1),
        chunk({"content": "ob"}, 0),
        chunk({"content": "ee"}, 1),
        chunk(
            {
                "tool_calls": [
                    {"index": 0, "id": "c0", "type": "function", "function": {"name": "f", "arguments": ""}}
                ]
            }
        ),
        chunk(call(0, '{"n": "B')),
        chunk(call(1, '{"m": "B', id="c1", type="function")),
        chunk(call(0, 'ob"}')),
        chunk(call(1, 'ob"}')),
        chunk({}, 0, "tool_calls"),
        chunk({}, 1, "stop"),
    ]
    lanes = WordLanes({"Bob": "Eve"}, 9)
    out = run(events, lanes)
    assert (content(out, 0), content(out, 1)) == ("Eve", "Bee")
    calls: dict[int, str] = {}
    for e in read(out):
        for c in e["choices"]:
            for piece in c["delta"].get("tool_calls", ()):
                calls[piece["index"]] = calls.get(piece["index"], "") + piece["function"]["arguments"]
    assert calls == {0: '{"n": "Eve"}', 1: '{"m": "Eve"}'}
    assert lanes.roles["/choices/0/delta/tool_calls/1/function/arguments"] == (Role.TOOL_CALL, Syntax.JSON)


def test_text_in_the_finishing_chunk_itself() -> None:
    out = run([chunk({"content": "I am Bob"}, finish="stop")], WordLanes({"Bob": "Eve"}, 5))
    assert content(out) == "I am Eve"
    assert [c["finish_reason"] for e in read(out) for c in e["choices"]][-1] == "stop"


def test_reasoning_refusal_and_unknown_members_are_lanes_too() -> None:
    events = [
        chunk(
            {"reasoning_content": "B", "refusal": "B", "aside": "B", "notes": [{"type": "n", "text": "B"}]}
        ),
        chunk(
            {
                "reasoning_content": "ob",
                "refusal": "ob",
                "aside": "ob",
                "notes": [{"type": "n", "text": "ob"}],
            }
        ),
        chunk({}, finish="stop"),
    ]
    out = run(events, WordLanes({"Bob": "Eve"}, 7))
    for key in ("reasoning_content", "refusal", "aside"):
        assert content(out, key=key) == "Eve"
    notes = [n["text"] for e in read(out) for c in e["choices"] for n in c["delta"].get("notes", ())]
    assert "".join(notes) == "Eve"


def test_lanes_without_an_end_are_closed_with_the_stream() -> None:
    out = run([chunk({"content": "I am Bob"})], WordLanes({"Bob": "Eve"}, 5), done=False)
    assert content(out) == "I am Eve"


def test_text_after_the_end_is_inspected_as_well() -> None:
    events = [
        chunk({"content": "a"}),
        chunk({}, finish="stop"),
        chunk({"content": "Bob"}),
        chunk({}, finish="stop"),
    ]
    assert content(run(events, WordLanes({"Bob": "Eve"}))) == "aEve"


def probabilities(*tokens: str) -> dict[str, Any]:
    return {
        "content": [
            {"token": t, "logprob": -1.0, "bytes": list(t.encode()), "top_logprobs": []} for t in tokens
        ]
    }


def test_probabilities_stay_with_text_as_it_was_and_go_with_what_was_changed() -> None:
    first, second = chunk({"content": "ab"}), chunk({"content": "Bob"})
    first["choices"][0]["logprobs"] = probabilities("a", "b")
    second["choices"][0]["logprobs"] = probabilities("B", "ob")
    kept = read(run([first, second], WordLanes()))
    assert kept == [first, second]
    changed = run([first, second], WordLanes({"Bob": "Eve"}, 2))
    assert content(changed) == "abEve"
    assert all(c["logprobs"] is None for e in read(changed) for c in e["choices"])


def test_probabilities_cannot_say_what_the_text_does_not() -> None:
    value = chunk({"content": "ab"})
    value["choices"][0]["logprobs"] = probabilities("secret")
    assert b"secret" not in run([value], WordLanes())


def test_members_of_the_chunk_and_errors_are_inspected() -> None:
    out = run(
        [chunk({"content": "x"}, citations=["https://x/Bob"]), {"error": {"message": "Bob failed"}}],
        WordLanes({"Bob": "Eve"}),
    )
    assert b"Bob" not in out
    assert b"https://x/Eve" in out
    assert b"Eve failed" in out


def test_a_constant_that_turns_into_a_text_is_inspected_all_the_same() -> None:
    events = [
        chunk({"content": "x"}),
        chunk({"content": "x"}),
        chunk({"content": "x"}) | {"model": "to Bob", "created": "for Bob", "id": ["Bob"]},
    ]
    assert b"Bob" not in run(events, WordLanes({"Bob": "Eve"}))


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[]",
        "nonsense",
        '{"choices": {}}',
        '{"choices": [1]}',
        '{"choices": [{"index": "x", "delta": {}}]}',
        '{"choices": [{"delta": []}]}',
        '{"choices": [{"delta": {"content": 5}}]}',
        "[" * 100_000,
    ],
)
def test_what_the_protocol_does_not_say_is_refused(data: str) -> None:
    with pytest.raises(UpstreamError):
        CODEC.stream(REQUEST).translate(ServerSentEvent(data), WordLanes())


def test_the_sdk_accumulates_a_translated_stream() -> None:
    call = {"index": 0, "id": "c0", "type": "function", "function": {"name": "f", "arguments": '{"n": "B'}}
    events = [
        *TALK[:4],
        chunk({"tool_calls": [call]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": 'ob"}'}}]}),
        chunk({}, finish="tool_calls"),
    ]
    out = run(events, WordLanes({"Bob": "Alice"}, 10))
    with client(out, 200, STREAM).chat.completions.stream(model="m", messages=[]) as got:
        final = got.get_final_completion().choices[0]
    assert final.message.content == "Hello Alice, how are you?"
    assert final.finish_reason == "tool_calls"
    assert final.message.tool_calls is not None
    assert final.message.tool_calls[0].id == "c0"
    assert final.message.tool_calls[0].function.arguments == '{"n": "Alice"}'


def test_the_sdk_reads_a_streamed_refusal() -> None:
    out = CODEC.refusal_stream(REQUEST, "No.", exchange="x", now=3.0)
    with client(out, 200, STREAM).chat.completions.stream(model="m", messages=[]) as got:
        got.until_done()
        final = got.current_completion_snapshot
        with pytest.raises(openai.ContentFilterFinishReasonError):  # its own word for a filtered answer
            got.get_final_completion()
    assert final.choices[0].message.content == "No."
    assert final.choices[0].message.role == "assistant"
    assert final.choices[0].finish_reason == "content_filter"
    assert (final.id, final.created) == ("chatcmpl-x", 3)


def test_a_refusal_amid_the_stream() -> None:
    stream, lanes = CODEC.stream(REQUEST), WordLanes({"Bob": "Eve"}, 4)
    out = b"".join(stream.translate(event(e), lanes) for e in TALK[:3]) + stream.refuse("No more.")
    with client(out, 200, STREAM).chat.completions.stream(model="m", messages=[]) as got:
        got.until_done()
        final = got.current_completion_snapshot
    assert final.choices[0].message.content == "Hello Eve,\n\nNo more."
    assert final.choices[0].finish_reason == "content_filter"
    assert final.id == "chatcmpl-1"


def test_the_sdk_raises_where_the_provider_broke_off() -> None:
    out = CODEC.stream(REQUEST).fail("The provider broke off.")

    async def ask() -> None:
        async with async_client(out, 200, STREAM) as asynchronous:
            async for _ in await asynchronous.chat.completions.create(model="m", messages=[], stream=True):
                pass

    with pytest.raises(openai.APIError, match=r"The provider broke off\."):
        asyncio.run(ask())


def test_final() -> None:
    stream = CODEC.stream(REQUEST)
    assert stream.is_final(ServerSentEvent("[DONE]"))
    assert not stream.is_final(event(TALK[0]))


COMPLETIONS = CompletionsCodec()


def piece(text: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish}
    return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}


@pytest.mark.parametrize("hold", [0, 2, 40])
def test_completions_stream(hold: int) -> None:
    out = run(
        [piece("I am B"), piece("ob."), piece("", "stop")], WordLanes({"Bob": "Eve"}, hold), COMPLETIONS
    )
    got = list(client(out, 200, STREAM).completions.create(model="m", prompt="x", stream=True))
    assert "".join(c.choices[0].text for c in got) == "I am Eve."
    assert got[-1].choices[0].finish_reason == "stop"


def test_completions_refused() -> None:
    request = COMPLETIONS.read_request({"model": "m", "prompt": "x", "stream": True})
    out = COMPLETIONS.refusal_stream(request, "No.", exchange="x", now=3.0)
    got = list(client(out, 200, STREAM).completions.create(model="m", prompt="x", stream=True))
    assert "".join(c.choices[0].text for c in got) == "No."
    assert got[-1].choices[0].finish_reason == "content_filter"


def test_no_member_is_a_way_around_the_inspection() -> None:
    sly = chunk({"content": "x", "n": 4111111111111111}, id="I am Bob", text="Bob", model="Bob and Bob")
    sly["choices"][0] |= {"text": "Bob", "message": {"content": "Bob"}, "type": "Bob is here"}
    out = run([sly], WordLanes({"Bob": "Eve", "4111111111111111": "card"}))
    assert b"Bob" not in out
    assert b"4111" not in out


def test_an_error_that_is_null_is_none() -> None:
    out = run(
        [chunk({"content": "Bo"}, error=None), chunk({"content": "b"}, error=None)],
        WordLanes({"Bob": "Eve"}, 3),
    )
    assert content(out) == "Eve"
