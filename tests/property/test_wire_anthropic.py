"""Laws of the Anthropic codec."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicMessages
from redoubt.surfaces.gateway.wire.anthropic_stream import AnthropicStream
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent
from redoubt.surfaces.gateway.wire.sse import EventParser
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes

CODEC = AnthropicMessages()
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
FREE = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**17) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
TEXT = st.fixed_dictionaries({"type": st.just("text"), "text": WORDS})
CALL = st.fixed_dictionaries(
    {
        "type": st.just("tool_use"),
        "id": st.just("t"),
        "name": st.just("f"),
        "input": st.dictionaries(WORDS, FREE, max_size=3),
    }
)
RESULT = st.fixed_dictionaries(
    {
        "type": st.just("tool_result"),
        "tool_use_id": st.just("t"),
        "content": WORDS | st.lists(TEXT, max_size=2),
    }
)
MESSAGE = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "assistant"]),
        "content": WORDS | st.lists(TEXT | CALL | RESULT, max_size=3),
    }
)
REQUEST = st.fixed_dictionaries(
    {"model": st.just("m"), "messages": st.lists(MESSAGE, max_size=4)},
    optional={
        "system": WORDS | st.lists(TEXT, max_size=2),
        "metadata": st.dictionaries(WORDS, FREE, max_size=2),
    },
)


@settings(deadline=None)
@given(REQUEST)
def test_without_changes_the_body_is_the_same_object(body: Any) -> None:
    assert CODEC.write_request(CODEC.read_request(body), {}) is body


@settings(deadline=None)
@given(REQUEST, st.data())
def test_exactly_the_changed_texts_change(body: Any, data: Any) -> None:
    before = copy.deepcopy(body)
    read = CODEC.read_request(body)
    assert len({s.path for s in read.segments}) == len(read.segments)
    values = [s for s in read.segments if not s.path.endswith("~#")]
    chosen = data.draw(st.lists(st.sampled_from(values), unique_by=lambda s: s.path)) if values else []
    changes = {s.path: f"changed text {i}" for i, s in enumerate(chosen)}
    again = CODEC.read_request(CODEC.write_request(read, changes))
    assert body == before
    assert {s.path: s.text for s in again.segments} == {
        s.path: changes.get(s.path, s.text) for s in read.segments
    }


def events(kind: str, member: str, pieces: list[str]) -> list[Any]:
    empty = (
        {"type": "text", "text": ""}
        if member == "text"
        else {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    )
    message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "m", "usage": {}}
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": empty},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": kind, member: piece}}
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]


@settings(deadline=None)
@given(
    st.sampled_from([("text_delta", "text"), ("input_json_delta", "partial_json")]),
    st.lists(st.sampled_from(["PSEU", "DO-1", "PSEUDO-1", " ", "x", "é", "\u2028", ""]), max_size=12),
)
def test_any_cutting_gives_the_caller_the_same_text(kind: tuple[str, str], pieces: list[str]) -> None:
    codec, lanes = AnthropicStream("m"), FakeLanes({"PSEUDO-1": "Jane Roe"})
    raw = [ServerSentEvent(json.dumps(value), value["type"]) for value in events(*kind, pieces)]
    out = b"".join(codec.translate(event, lanes) for event in raw) + codec.finish(lanes)
    values = [json.loads(event.data) for event in EventParser().feed(out)]
    said = "".join(v["delta"][kind[1]] for v in values if v["type"] == "content_block_delta")
    assert said == "".join(pieces).replace("PSEUDO-1", "Jane Roe")
    assert [v["type"] for v in values if v["type"] != "content_block_delta"] == [
        "message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"
    ]  # fmt: skip
