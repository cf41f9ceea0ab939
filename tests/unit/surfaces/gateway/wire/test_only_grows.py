"""Which events of each protocol can have nothing inspected but what they add."""

import json
from typing import Any

import pytest

from redoubt.engine.detect.interface import Unit
from redoubt.engine.policy.model import Policy, Situation
from redoubt.engine.redact.restore import Restorer
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.lanes import AnswerLanes
from redoubt.pipeline.rewrite import Rewriter
from redoubt.surfaces.gateway.routes import find
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent
from tests.playbook.stage import WORDS

CHAT, COMPLETIONS, RESPONSES, MESSAGES = (
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/responses",
    "/v1/messages",
)
GEMINI = "/v1beta/models/gemini-x:streamGenerateContent"
ASK: dict[str, dict[str, Any]] = {
    CHAT: {"messages": []},
    COMPLETIONS: {"prompt": "x"},
    RESPONSES: {"input": "x"},
    MESSAGES: {"messages": [], "max_tokens": 1},
    GEMINI: {"contents": []},
}


def choice(finish: str | None, **more: Any) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, **more, "finish_reason": finish}]}


def candidate(finish: dict[str, str], part: dict[str, Any]) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": [part]}, **finish}]}


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize(
    ("path", "event", "expected"),
    [
        (CHAT, choice(None, delta={"content": "so"}), True),
        (CHAT, choice(None, delta={"content": 'a "finish_reason": "stop"'}), True),
        (CHAT, choice("stop", delta={}), False),
        (CHAT, {"error": {"message": "x"}}, False),
        (COMPLETIONS, choice(None, text="so"), True),
        (COMPLETIONS, choice("length", text="so"), False),
        (RESPONSES, {"type": "response.output_text.delta", "delta": "so"}, True),
        (RESPONSES, {"type": "response.output_text.done", "text": "so"}, False),
        (RESPONSES, {"type": "response.completed", "response": {}}, False),
        (MESSAGES, {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "so"}}, True),
        (MESSAGES, {"type": "content_block_stop", "index": 0}, False),
        (MESSAGES, {"type": "message_stop"}, False),
        (GEMINI, candidate({}, {"text": "so"}), True),
        (GEMINI, candidate({"finishReason": "STOP"}, {"text": "so"}), False),
        (GEMINI, candidate({}, {"functionCall": {"name": "f", "args": {}}}), False),
    ],
)
def test_what_only_adds_is_told_from_what_ends(
    path: str, event: dict[str, Any], expected: bool, separators: tuple[str, str]
) -> None:
    codec = find("POST", path, "").codec
    stream = codec.stream(codec.read_request({"model": "x", **ASK[path]}, model="x", stream=True))
    assert stream.only_grows(ServerSentEvent(json.dumps(event, separators=separators))) is expected


def test_the_end_of_a_chat_is_no_growth() -> None:
    codec = find("POST", CHAT, "").codec
    stream = codec.stream(codec.read_request({"model": "x", **ASK[CHAT]}))
    assert not stream.only_grows(ServerSentEvent("[DONE]"))


USUAL = {
    CHAT: choice(None, delta={"content": " so"}, logprobs=None)
    | {
        "object": "chat.completion.chunk",
        "created": 1741569952,
        "model": "gpt-4.1-2025-04-14",
        "service_tier": "default",
        "system_fingerprint": "fp_44709d6fcb",
        "usage": None,
        "obfuscation": "x8QvT2",
    },
    COMPLETIONS: choice(None, text=" so", logprobs=None) | {"object": "text_completion", "model": "gpt-x"},
    RESPONSES: {
        "type": "response.output_text.delta",
        "sequence_number": 7,
        "item_id": "msg_67c9fdcf37fc8190ba82116e33fb28c5",
        "output_index": 0,
        "content_index": 0,
        "delta": " so",
        "logprobs": [],
        "obfuscation": "x8QvT2",
    },
    MESSAGES: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " so"}},
    GEMINI: {
        "candidates": [{"content": {"role": "model", "parts": [{"text": " so"}]}, "index": 0}],
        "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 4},
        "modelVersion": "gemini-2.5-flash",
        "responseId": "XbHpaKjLHZWz1PIP6f6J6QE",
    },
}


@pytest.mark.parametrize("path", USUAL)
def test_an_ordinary_event_has_nothing_inspected_but_what_it_adds(path: str) -> None:
    codec = find("POST", path, "").codec
    stream = codec.stream(codec.read_request({"model": "x", **ASK[path]}, model="x", stream=True))
    inspector = Inspector((WORDS,), Policy("p", "d", ()), key=b"k")
    rewriter = Rewriter(key=bytes(32), hash_key=bytes(32))
    lanes = AnswerLanes(inspector, Situation(), Restorer(), rewriter, unit=Unit.SENTENCE)
    if path == MESSAGES:
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        start = {"type": "message_start", "message": {"role": "assistant", "content": [], "usage": {}}}
        for event in (start, block):
            stream.translate(ServerSentEvent(json.dumps(event)), lanes)
    for _ in range(3):
        before = lanes.inspections
        usual = ServerSentEvent(json.dumps(USUAL[path], separators=(",", ":")))
        assert stream.only_grows(usual)
        stream.translate(usual, lanes)
        assert lanes.inspections == before
    assert lanes.received == 9
