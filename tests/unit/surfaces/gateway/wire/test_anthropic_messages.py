"""Whole answers of the Messages API, counts, refusals and errors."""

from typing import Any

import pytest

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Usage
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicCountTokens, AnthropicMessages

CODEC = AnthropicMessages()
START: dict[str, Any] = {
    "type": "message_start",
    "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
                "stop_reason": None, "usage": {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 1}},
}  # fmt: skip


def request(*messages: Any, **members: Any) -> dict[str, Any]:
    return {"model": "claude-x", "max_tokens": 10, "messages": list(messages)} | members


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def test_whole_answers() -> None:
    codec = AnthropicMessages()
    body = START["message"] | {
        "content": [
            {"type": "text", "text": "Hi P"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"to": "P"}},
        ],
        "stop_sequence": "P",
    }
    answer = codec.read_answer(body)
    assert {s.path: (s.text, s.role) for s in answer.segments} == {
        "/content/0/text": ("Hi P", Role.ASSISTANT),
        "/content/1/input/to": ("P", Role.TOOL_CALL),
        "/stop_sequence": ("P", Role.ASSISTANT),
    }
    assert answer.usage == Usage(7, 1)
    assert codec.write_answer(answer, {}) is body
    assert codec.write_answer(answer, {"/content/1/input/to": "J"})["content"][1]["input"] == {"to": "J"}


def test_the_words_of_an_error_are_seen() -> None:
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": "PSEUDO-1 is odd"}}
    assert [s.text for s in AnthropicMessages().read_answer(body).segments] == ["PSEUDO-1 is odd"]


@pytest.mark.parametrize(
    "body", [[], "x", None, {}, {"content": "x"}, {"content": [5]}, {"content": [], "usage": 5}]
)
def test_answers_that_are_not_the_protocol(body: Any) -> None:
    with pytest.raises(UpstreamError):
        AnthropicMessages().read_answer(body)


def test_a_count_that_is_no_object() -> None:
    with pytest.raises(UpstreamError):
        AnthropicCountTokens().read_answer([])


def test_counting_tokens_reads_the_same_request() -> None:
    codec = AnthropicCountTokens()
    read = codec.read_request(request(user("u"), stream=True))
    assert [s.text for s in read.segments] == ["u"]
    assert not read.stream
    answer = codec.read_answer({"input_tokens": 12})
    assert (answer.segments, answer.usage.input_tokens) == ((), 12)
    assert not codec.can_refuse
    assert codec.refusal(read, "no", exchange="x", now=0.0)["error"]["type"] == "invalid_request_error"


def test_an_unknown_status_has_the_type_of_its_class() -> None:
    assert [CODEC.error(status, "x")["error"]["type"] for status in (418, 599)] == [
        "invalid_request_error",
        "api_error",
    ]
