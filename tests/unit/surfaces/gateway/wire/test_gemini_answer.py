"""Whole answers of the generateContent family, and an answer of our own."""

from typing import Any

import pytest

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Usage
from redoubt.surfaces.gateway.wire.gemini_answer import read_usage, status_name
from redoubt.surfaces.gateway.wire.gemini_generate import GeminiCountTokens, GeminiGenerate


def chunk(*parts: Any, finish: str = "", index: int = 0, **members: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": index}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {}) | members]}


def parts(out: list[Any], index: int = 0) -> list[Any]:
    found = [c for value in out for c in value.get("candidates", ()) if c.get("index", 0) == index]
    return [p for c in found for p in c["content"]["parts"]]


def test_whole_answers() -> None:
    codec = GeminiGenerate()
    body = chunk({"text": "Hi P"}, {"functionCall": {"name": "f", "args": {"to": "P"}}}, finish="STOP")
    body["usageMetadata"] = {"promptTokenCount": 3, "candidatesTokenCount": 4}
    answer = codec.read_answer(body)
    assert {s.path: s.role for s in answer.segments} == {
        "/candidates/0/content/parts/0/text": Role.ASSISTANT,
        "/candidates/0/content/parts/1/functionCall/args/to": Role.TOOL_CALL,
    } | ({s.path: s.role for s in answer.segments if s.path.endswith("/name")})
    assert answer.usage == Usage(3, 4)
    assert codec.write_answer(answer, {}) is body
    assert parts([codec.write_answer(answer, {"/candidates/0/content/parts/0/text": "Hi J"})])[0] == {
        "text": "Hi J"
    }


@pytest.mark.parametrize(
    "body", [[], "x", None, {"candidates": 5}, {"candidates": [5]}, {"usageMetadata": 5}]
)
def test_answers_that_are_not_the_protocol(body: Any) -> None:
    with pytest.raises(UpstreamError):
        GeminiGenerate().read_answer(body)


def test_a_count_that_is_no_object() -> None:
    with pytest.raises(UpstreamError):
        GeminiCountTokens().read_answer([])


def test_an_unknown_status_has_the_name_of_its_class() -> None:
    assert [status_name(status) for status in (418, 599)] == ["FAILED_PRECONDITION", "INTERNAL"]


@pytest.mark.parametrize(
    ("said", "tokens"),
    [({"candidatesTokenCount": 2, "thoughtsTokenCount": 3}, 5), ({"thoughtsTokenCount": 3}, 3), ({}, None)],
)
def test_thoughts_are_output_also_where_no_word_came_of_them(
    said: dict[str, int], tokens: int | None
) -> None:
    assert read_usage({"usageMetadata": said}, Usage()).output_tokens == tokens
