"""What holds of the OpenAI codecs for every message, change and cut."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.surfaces.gateway.wire import sse
from redoubt.surfaces.gateway.wire.interface import Json, ServerSentEvent, WireCodec
from redoubt.surfaces.gateway.wire.openai_chat import ChatCodec
from redoubt.surfaces.gateway.wire.openai_completions import CompletionsCodec
from redoubt.surfaces.gateway.wire.openai_embeddings import EmbeddingsCodec
from redoubt.surfaces.gateway.wire.openai_responses import ResponsesCodec
from tests.unit.surfaces.gateway.wire.lanes import WordLanes

TEXT = st.text(max_size=8)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PART = st.fixed_dictionaries({"type": st.just("text"), "text": TEXT}, optional={"extra": ANYTHING})
MESSAGE = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "user", "assistant", "tool", "x"]),
        "content": TEXT | st.lists(PART, max_size=2),
    },
    optional={"name": TEXT, "extra": ANYTHING},
)
MORE = {
    "metadata": ANYTHING,
    "user": TEXT,
    "tools": st.lists(st.dictionaries(st.just("x"), ANYTHING)),
    "new": ANYTHING,
}
CHAT = st.fixed_dictionaries(
    {"model": st.just("m"), "messages": st.lists(MESSAGE, max_size=3)}, optional=MORE
)
RESPONSES = st.fixed_dictionaries(
    {"model": st.just("m"), "input": TEXT | st.lists(MESSAGE, max_size=3)}, optional=MORE
)
COMPLETION = st.fixed_dictionaries({"model": st.just("m"), "prompt": TEXT | st.lists(TEXT)}, optional=MORE)
EMBED = st.fixed_dictionaries({"model": st.just("m"), "input": TEXT | st.lists(TEXT)}, optional=MORE)
REQUESTS = st.one_of(
    st.tuples(st.just(ChatCodec()), CHAT),
    st.tuples(st.just(ResponsesCodec()), RESPONSES),
    st.tuples(st.just(CompletionsCodec()), COMPLETION),
    st.tuples(st.just(EmbeddingsCodec()), EMBED),
)


@given(REQUESTS)
def test_nothing_changed_is_the_same_object(case: tuple[WireCodec, Json]) -> None:
    codec, body = case
    assert codec.write_request(codec.read_request(body), {}) is body


@given(REQUESTS, st.data())
def test_exactly_the_changed_texts_change(case: tuple[WireCodec, Json], data: st.DataObject) -> None:
    codec, body = case
    before = json.dumps(body)
    request = codec.read_request(body)
    paths = [s.path for s in request.segments]
    assert len(set(paths)) == len(paths)
    values = [p for p in paths if not p.endswith("~#")]  # a new name changes the places beneath it
    chosen = set(data.draw(st.lists(st.sampled_from(values)))) if values else set()
    changes = {p: f"changed {i}" for i, p in enumerate(sorted(chosen))}
    again = codec.read_request(codec.write_request(request, changes))
    assert json.dumps(body) == before
    assert {s.path: s.text for s in again.segments} == {
        s.path: changes.get(s.path, s.text) for s in request.segments
    }


@given(REQUESTS)
def test_every_text_can_be_changed_at_once(case: tuple[WireCodec, Json]) -> None:
    codec, body = case
    request = codec.read_request(body)
    changed = codec.write_request(request, {s.path: "[gone]" for s in request.segments})
    assert {s.text for s in codec.read_request(changed).segments} <= {"[gone]"} | {
        f"[gone]_{i}" for i in range(2, 99)
    }


LINES = st.lists(
    st.sampled_from(["data: a", "data", ": c", "event: e", "id: 1", "", "", "data: grüße", "\ufeff"])
)


@given(LINES, st.sampled_from(["\n", "\r", "\r\n"]), st.lists(st.integers(0, 120)))
def test_any_cut_of_the_bytes_gives_the_same_events(lines: list[str], end: str, cuts: list[int]) -> None:
    data = "".join(line + end for line in lines).encode()
    whole = sse.EventParser()
    expected = whole.feed(data) + whole.close()
    parser = sse.EventParser()
    places = [0, *sorted(c for c in cuts if c < len(data)), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    assert [e for piece in pieces for e in parser.feed(piece)] + parser.close() == expected


def chunks(pieces: list[str]) -> list[ServerSentEvent]:
    deltas: list[Any] = [{"role": "assistant", "content": ""}, *({"content": p} for p in pieces)]
    values = [{"choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    values.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return [ServerSentEvent(json.dumps(v)) for v in values] + [ServerSentEvent("[DONE]")]


@given(st.text(alphabet="Bob x", max_size=40), st.lists(st.integers(0, 40)), st.integers(0, 20))
def test_a_stream_says_the_same_however_it_is_cut(text: str, cuts: list[int], hold: int) -> None:
    places = [0, *sorted(c for c in cuts if c < len(text)), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    for words in ({}, {"Bob": "Eve"}):
        lanes = WordLanes(words, hold)
        codec = ChatCodec()
        stream = codec.stream(codec.read_request({"model": "m", "messages": []}))
        out = b"".join(stream.translate(e, lanes) for e in chunks(pieces))
        events = [json.loads(e.data) for e in sse.EventParser().feed(out) if e.data != "[DONE]"]
        said = "".join(c["delta"].get("content", "") for e in events for c in e["choices"])
        assert said == (text.replace("Bob", "Eve") if words else text)
        assert events[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("codec", [ChatCodec(), ResponsesCodec(), CompletionsCodec()])
@given(text=TEXT)
def test_a_refusal_is_an_answer_that_says_just_that(codec: WireCodec, text: str) -> None:
    body: dict[str, Any] = {"model": "m", "messages": [], "input": "", "prompt": ""}
    request = codec.read_request(body)
    answer = codec.read_answer(codec.refusal(request, text, exchange="x", now=1.0))
    assert "".join(s.text for s in answer.segments if s.path.startswith(("/choices", "/output"))) == text
