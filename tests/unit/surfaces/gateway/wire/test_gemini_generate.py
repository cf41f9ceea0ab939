"""Requests of the generateContent family, whole answers and errors."""

from typing import Any

import pytest

from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire.gemini_generate import GeminiCountTokens, GeminiEmbed, GeminiGenerate
from redoubt.surfaces.gateway.wire.gemini_parts import snake

CODEC = GeminiGenerate()


def request(*parts: Any, **members: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": list(parts)}]} | members


@pytest.mark.parametrize("spell", [str, snake])
def test_who_speaks_in_either_spelling(spell: Any) -> None:
    declared = {
        "name": "f",
        "description": "d",
        "parameters": {"type": "OBJECT", "properties": {"to": {"type": "STRING", "description": "who"}}},
    }
    body = {
        "contents": [
            {"parts": [{"text": "u"}]},
            {"role": "model", "parts": [{"text": "a"}]},
            {
                "role": "function",
                "parts": [{spell("functionResponse"): {"name": "f", "response": {"x": "r"}}}],
            },
        ],
        spell("systemInstruction"): {"role": "user", "parts": [{"text": "s"}]},
        "tools": [{spell("functionDeclarations"): [declared]}],
        spell("generationConfig"): {
            spell("stopSequences"): ["END"],
            spell("responseSchema"): {"type": "OBJECT", "properties": {"a": {"description": "what"}}},
        },
        spell("cachedContent"): "cachedContents/abc",
        "labels": {"user": "jane@example.com"},
    }
    read = CODEC.read_request(body, model="models/gemini-x", stream=True)
    assert (read.model, read.stream, read.end_user) == ("gemini-x", True, "jane@example.com")
    assert [(s.text, s.role, s.trust) for s in read.segments] == [
        ("s", Role.SYSTEM, Trust.OPERATOR),
        ("d", Role.TOOL_DEFINITION, Trust.OPERATOR),
        ("who", Role.TOOL_DEFINITION, Trust.OPERATOR),
        ("u", Role.USER, Trust.USER),
        ("a", Role.ASSISTANT, Trust.MODEL),
        ("r", Role.TOOL_RESULT, Trust.EXTERNAL),
        ("END", Role.USER, Trust.USER),
        ("what", Role.USER, Trust.USER),
        ("cachedContents/abc", Role.USER, Trust.USER),
        ("jane@example.com", Role.USER, Trust.USER),
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({"contents": 5}, "/contents"),
        (request({"text": 5}), "/contents/0/parts/0/text"),
        (request(7), "/contents/0/parts/0"),
        ({"contents": [{"parts": 7}]}, "/contents/0/parts"),
        ({"contents": [], "tools": [7]}, "/tools/0"),
        ({"tools": [{"functionDeclarations": [7]}]}, "/tools/0/*/0"),
        ({"systemInstruction": 7}, "/systemInstruction"),
        ({"requests": [7]}, "/requests/0"),
    ],
)
def test_what_could_hide_text_is_refused(body: Any, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        CODEC.read_request(body)
    assert caught.value.pointer == pointer


def test_counting_and_embedding() -> None:
    codec = GeminiCountTokens()
    read = codec.read_request(
        {"generateContentRequest": request({"text": "u"}, systemInstruction={"parts": [{"text": "s"}]})}
    )
    assert [(s.text, s.role) for s in read.segments] == [("s", Role.SYSTEM), ("u", Role.USER)]
    assert codec.read_answer({"totalTokens": 3}).usage.input_tokens == 3
    embed = GeminiEmbed()
    one = embed.read_request(
        {"content": {"parts": [{"text": "a"}]}, "taskType": "RETRIEVAL_QUERY", "title": "t"}
    )
    assert [s.text for s in one.segments if s.path != "/taskType"] == ["a", "t"]
    many = embed.read_request({"requests": [{"model": "models/e", "content": {"parts": [{"text": "a"}]}}]})
    assert [s.path for s in many.segments] == ["/requests/0/content/parts/0/text"]
    assert embed.read_answer({"embedding": {"values": [0.5]}}).segments == ()
    assert not codec.can_refuse
    assert embed.refusal(many, "no", exchange="x", now=0.0)["error"]["status"] == "INVALID_ARGUMENT"
