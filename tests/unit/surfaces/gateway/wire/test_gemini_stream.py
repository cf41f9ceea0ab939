"""Streamed answers of generateContent on their way to the caller, chunk by chunk."""

import json
from typing import Any

import pytest

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role
from redoubt.surfaces.gateway.wire.gemini_stream import GeminiStream
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent
from redoubt.surfaces.gateway.wire.sse import EventParser
from tests.unit.surfaces.gateway.wire.fake_lanes import FakeLanes


def chunk(*parts: Any, finish: str = "", index: int = 0, **members: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": index}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {}) | members]}


def event(value: Any) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(value))


def run(values: list[Any], lanes: FakeLanes, *, array: bool = False) -> list[Any]:
    codec = GeminiStream("m", array=array)
    out = b"".join(codec.translate(event(value), lanes) for value in values) + codec.finish(lanes)
    return json.loads(out) if array else [json.loads(e.data) for e in EventParser().feed(out)]


def parts(out: list[Any], index: int = 0) -> list[Any]:
    found = [c for value in out for c in value.get("candidates", ()) if c.get("index", 0) == index]
    return [p for c in found for p in c["content"]["parts"]]


@pytest.mark.parametrize("array", [False, True])
def test_what_needs_no_change_keeps_every_value(array: bool) -> None:
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 7, "thoughtsTokenCount": 2, "totalTokenCount": 14}
    values = [
        chunk({"text": "hel"}) | {"responseId": "r", "newMember": [1.5, None]},
        chunk({"text": "lo", "thoughtSignature": "c2ln" * 20}),
        chunk({"functionCall": {"name": "f", "args": {"n": 1.25, "to": "x"}}}),
        chunk(finish="STOP") | {"usageMetadata": usage},
    ]
    assert run(values, FakeLanes(), array=array) == values


@pytest.mark.parametrize("array", [False, True])
def test_the_rest_comes_with_the_finish_reason(array: bool) -> None:
    values = [
        chunk({"text": "I wrote to PSE"}),
        chunk({"text": "UDO-1 t"}),
        chunk({"text": "oday"}, finish="STOP"),
    ]
    out = run(values, FakeLanes({"PSEUDO-1": "Jane Roe"}), array=array)
    assert "".join(p["text"] for p in parts(out)) == "I wrote to Jane Roe today"
    assert [v["candidates"][0].get("finishReason") for v in out][-1] == "STOP"


def test_thoughts_texts_and_calls_stay_apart_and_in_order() -> None:
    values = [
        chunk({"text": "think PSEUDO-", "thought": True}),
        chunk({"text": "1", "thought": True}, {"text": "say PSEUDO-1"}),
        chunk({"functionCall": {"name": "f", "args": {"to": "PSEUDO-1"}}}, finish="STOP"),
    ]
    lanes = FakeLanes({"PSEUDO-1": "Jane"})
    out = parts(run(values, lanes))
    assert "".join(p["text"] for p in out if p.get("thought")) == "think Jane"
    assert "".join(p["text"] for p in out if "text" in p and not p.get("thought")) == "say Jane"
    assert out[-1] == {"functionCall": {"name": "f", "args": {"to": "Jane"}}}
    thoughts = [i for i, p in enumerate(out) if p.get("thought")]
    assert max(thoughts) < min(i for i, p in enumerate(out) if "text" in p and not p.get("thought"))
    assert Role.TOOL_CALL in {role for role, _ in lanes.kinds.values()}


def test_candidates_have_their_own_lanes() -> None:
    values = [
        chunk({"text": "PSE"}), chunk({"text": "PSEUDO"}, index=1),
        chunk({"text": "UDO-1"}, finish="STOP"), chunk({"text": "-1"}, finish="STOP", index=1),
    ]  # fmt: skip
    out = run(values, FakeLanes({"PSEUDO-1": "Jane"}))
    assert ["".join(p["text"] for p in parts(out, index)) for index in (0, 1)] == ["Jane", "Jane"]


def test_streamed_arguments_are_lanes() -> None:
    def call(*items: Any, more: bool = True) -> Any:
        return {"functionCall": {"name": "f", "partialArgs": list(items), "willContinue": more}}

    values = [
        chunk(call({"jsonPath": "$.to", "stringValue": "PSEU", "willContinue": True})),
        chunk(
            call(
                {"jsonPath": "$.to", "stringValue": "DO-1"},
                {"jsonPath": "$.n", "numberValue": 4.5},
                more=False,
            )
        ),
        chunk(finish="STOP"),
    ]
    out = parts(run(values, FakeLanes({"PSEUDO-1": "Jane"})))
    items = [item for p in out for item in p["functionCall"]["partialArgs"]]
    assert "".join(item.get("stringValue", "") for item in items) == "Jane"
    assert items[-1] == {"jsonPath": "$.n", "numberValue": 4.5}


def test_texts_that_come_whole_are_replaced() -> None:
    grounding = {
        "webSearchQueries": ["PSEUDO-1"],
        "groundingSupports": [{"segment": {"text": "PSEUDO-1", "startIndex": 0}}],
        "groundingChunks": [{"web": {"uri": "https://e.com", "title": "PSEUDO-1"}}],
    }
    values = [
        chunk({"executableCode": {"language": "PYTHON", "code": "print('PSEUDO-1')"}}),
        chunk({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "PSEUDO-1"}}),
        chunk(finish="STOP", groundingMetadata=grounding, finishMessage="PSEUDO-1"),
        {"promptFeedback": {"blockReason": "OTHER", "blockReasonMessage": "PSEUDO-1"}},
    ]
    out = json.dumps(run(values, FakeLanes({"PSEUDO-1": "Jane"})))
    assert "PSEUDO" not in out
    assert out.count("Jane") == 7


def test_images_in_an_answer_are_noted() -> None:
    lanes = FakeLanes()
    values = [chunk({"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}})]
    assert run(values, lanes) == values
    assert [p.kind for p in lanes.uninspectable] == ["image"]


def test_texts_that_never_end_are_paid_out() -> None:
    out = run([chunk({"text": "PSEUDO-"})], FakeLanes({"PSEUDO-1": "Jane"}))
    assert parts(out) == [{"text": "PSEUDO-"}]


@pytest.mark.parametrize("array", [False, True])
@pytest.mark.parametrize(
    "before", [[], [chunk({"text": "some"})], [chunk({"text": "a"}), chunk({"text": "b"}, index=1)]]
)
def test_a_refusal_ends_every_candidate(before: list[Any], array: bool) -> None:
    codec, lanes = GeminiStream("m", array=array), FakeLanes()
    out = (
        b"".join(codec.translate(event(v), lanes) for v in before) + codec.refuse("No.") + codec.finish(lanes)
    )
    said = json.loads(out) if array else [json.loads(e.data) for e in EventParser().feed(out)]
    ended = {c["index"]: c for c in said[-1]["candidates"]}
    assert set(ended) == ({0, 1} if len(before) == 2 else {0})
    assert {(c["finishReason"], c["content"]["parts"][0]["text"]) for c in ended.values()} == {
        ("SAFETY", "No.")
    }


def test_which_chunks_are_final() -> None:
    codec, lanes = GeminiStream("m"), FakeLanes()
    assert not codec.is_final(event(chunk({"text": "finishReason"})))
    assert codec.is_final(event(chunk(finish="STOP")))
    assert codec.is_final(event({"promptFeedback": {"blockReason": "SAFETY"}}))
    assert not codec.is_final(event({"promptFeedback": {"safetyRatings": [{"blocked": False}]}}))
    assert codec.is_final(event({"error": {"code": 500}}))
    codec.translate(event(chunk({"text": "a"}, index=1)), lanes)
    assert not codec.is_final(event(chunk(finish="STOP")))
    codec.translate(event(chunk({"text": "a"}, index=1, finish="STOP")), lanes)
    assert codec.is_final(event(chunk(finish="STOP")))


@pytest.mark.parametrize(
    "value",
    [
        [], "x", {"candidates": 5}, {"candidates": [5]}, {"candidates": [{"content": 5}]},
        {"candidates": [{"content": {"parts": 5}}]}, {"candidates": [{"content": {"parts": [5]}}]},
        chunk({"text": 5}), chunk({"text": "x"}, index=-1), chunk({"text": "x"}, index="0"),  # type: ignore[arg-type]
        chunk({"text": "x"}) | {"usageMetadata": 5},
    ],
)  # fmt: skip
def test_what_is_not_the_protocol_is_an_upstream_error(value: Any) -> None:
    with pytest.raises(UpstreamError):
        run([value], FakeLanes())


@pytest.mark.parametrize("array", [False, True])
@pytest.mark.parametrize("before", [[], [chunk({"text": "some"})]])
def test_a_refusal_can_take_the_place_of_the_final_chunk(before: list[Any], array: bool) -> None:
    codec, lanes = GeminiStream("m", array=array), FakeLanes()
    out = b"".join(codec.translate(event(v), lanes) for v in before)
    codec.translate(event(chunk({"text": "denied"}, finish="STOP")), lanes)
    out += codec.refuse("No.") + codec.finish(lanes)
    said = json.loads(out) if array else [json.loads(e.data) for e in EventParser().feed(out)]
    assert [p["text"] for p in parts(said)] == ["some"] * len(before) + ["No."]
    assert codec.refuse("again") == b""


def test_an_array_ends_with_its_final_chunk() -> None:
    codec, lanes = GeminiStream("m", array=True), FakeLanes()
    out = b"".join(codec.translate(event(v), lanes) for v in (chunk({"text": "a"}), chunk(finish="STOP")))
    assert len(json.loads(out)) == 2
    assert codec.translate(event({"usageMetadata": {}}), lanes) == codec.finish(lanes) == b""


def test_a_text_that_resumes_has_a_lane_of_its_own() -> None:
    call = {"functionCall": {"name": "f", "args": {}}}
    lanes = FakeLanes()
    run([chunk({"text": "a"}), chunk(call), chunk({"text": "b"}, finish="STOP")], lanes)
    assert [seen for lane, seen in lanes.seen.items() if lane.endswith("/text")] == ["a", "b"]
