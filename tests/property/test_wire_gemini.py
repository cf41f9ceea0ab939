"""Laws of the Gemini codec."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.surfaces.gateway.wire.gemini_generate import GeminiGenerate
from redoubt.surfaces.gateway.wire.gemini_stream import GeminiStream
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent
from redoubt.surfaces.gateway.wire.sse import EventParser
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes

CODEC = GeminiGenerate()
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
FREE = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**17) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
ARGS = st.dictionaries(WORDS, FREE, max_size=3)
PART = (
    st.fixed_dictionaries({"text": WORDS}, optional={"thought": st.booleans()})
    | st.fixed_dictionaries({"functionCall": st.fixed_dictionaries({"name": st.just("f"), "args": ARGS})})
    | st.fixed_dictionaries(
        {"function_response": st.fixed_dictionaries({"name": st.just("f"), "response": ARGS})}
    )
)
CONTENT = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "model"]), "parts": st.lists(PART, max_size=3)}
)
REQUEST = st.fixed_dictionaries(
    {"contents": st.lists(CONTENT, max_size=4)},
    optional={"systemInstruction": CONTENT, "labels": st.dictionaries(WORDS, WORDS, max_size=2)},
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


PIECES = st.sampled_from(["PSEU", "DO-1", "PSEUDO-1", " ", "x", "é", "\u2028", ""])


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), PIECES), max_size=12), st.booleans())
def test_any_cutting_gives_the_caller_the_same_texts(pieces: list[tuple[bool, str]], array: bool) -> None:
    values: list[Any] = [
        {
            "candidates": [
                {
                    "content": {"parts": [{"text": text, "thought": True} if thought else {"text": text}]},
                    "index": 0,
                }
            ]
        }
        for thought, text in pieces
    ]
    values.append({"candidates": [{"content": {"parts": []}, "finishReason": "STOP", "index": 0}]})
    codec, lanes = GeminiStream("m", array=array), FakeLanes({"PSEUDO-1": "Jane Roe"})
    out = b"".join(
        codec.translate(ServerSentEvent(json.dumps(value)), lanes) for value in values
    ) + codec.finish(lanes)
    said = json.loads(out) if array else [json.loads(event.data) for event in EventParser().feed(out)]
    parts = [part for value in said for part in value["candidates"][0]["content"]["parts"]]
    assert runs([(part.get("thought", False), part["text"]) for part in parts]) == [
        (thought, text.replace("PSEUDO-1", "Jane Roe")) for thought, text in runs(pieces)
    ]
    assert said[-1]["candidates"][0]["finishReason"] == "STOP"


def runs(pieces: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Join neighbours of the same kind; a piece without text still parts its neighbours."""
    joined: list[tuple[bool, str]] = []
    for thought, text in pieces:
        if joined and joined[-1][0] == thought:
            joined[-1] = (thought, joined[-1][1] + text)
        else:
            joined.append((thought, text))
    return [item for item in joined if item[1]]
