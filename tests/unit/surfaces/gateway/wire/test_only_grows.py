"""Which events of each protocol can have nothing inspected but what they add."""

import json
from typing import Any

import pytest

from redoubt.surfaces.gateway.routes import find
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent

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
