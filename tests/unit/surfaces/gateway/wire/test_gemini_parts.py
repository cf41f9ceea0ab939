"""Which texts of a part are seen, and how they are written back."""

import copy
from typing import Any

import pytest

from redoubt.domain.errors import InputError
from redoubt.surfaces.gateway.wire.gemini_generate import GeminiGenerate

CODEC = GeminiGenerate()
SIGNATURE = "CpYDAXLI2nx1cFZ3d0dLWGZtQ0p1c2VyIGFza2VkIGZvciB0aGlu/7+ZmVzd8Pz8/Pz8/Pz8/A=="


def request(*parts: Any, **members: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": list(parts)}]} | members


PARTS = [
    ({"text": "hi"}, {"/text": "hi"}),
    ({"text": "hm", "thought": True, "thoughtSignature": SIGNATURE}, {"/text": "hm"}),
    ({"text": "hm", "thought_signature": "plain words"}, {"/text": "hm", "/thought_signature": "plain words"}),
    ({"inlineData": {"mimeType": "text/plain", "data": "aGkgdGhlcmU="}}, {"/inlineData/data~b": "hi there"}),
    ({"inline_data": {"mime_type": "text/csv", "data": "not base64!"}}, {"/inline_data/data": "not base64!"}),
    ({"fileData": {"mimeType": "video/mp4", "fileUri": "gs://b/o"}}, {"/fileData/fileUri": "gs://b/o"}),
    ({"functionCall": {"name": "f", "args": {"to": "x", "id": "jane", "n": 4111111111111111}}},
     {"/functionCall/args/to": "x", "/functionCall/args/id": "jane", "/functionCall/args/n": "4111111111111111"}),
    ({"function_call": {"name": "f", "args": {"jane@x.com": True}}}, {"/function_call/args/jane@x.com~#": "jane@x.com"}),
    ({"functionResponse": {"name": "f", "response": {"role": "admin jane"}}},
     {"/functionResponse/response/role": "admin jane"}),
    ({"functionResponse": {"name": "f", "response": {}, "parts": [{"inlineData": {"mimeType": "text/plain", "data": "aGk="}}]}},
     {"/functionResponse/parts/0/inlineData/data~b": "hi"}),
    ({"executableCode": {"language": "PYTHON", "code": "print(1)"}}, {"/executableCode/code": "print(1)"}),
    ({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}, {"/codeExecutionResult/output": "1"}),
    ({"toolCall": {"toolType": "X", "args": {"q": "a"}}}, {"/toolCall/toolType": "X", "/toolCall/args/q": "a"}),
    ({"inventedTomorrow": {"words": ["too"]}}, {"/inventedTomorrow/words/0": "too"}),
    ({"partMetadata": {"inlineData": {"mimeType": "text/plain", "data": "aGk="}}},
     {"/partMetadata/inlineData/data~b": "hi"}),
]  # fmt: skip


@pytest.mark.parametrize(("part", "texts"), PARTS)
def test_every_part_shows_its_texts_and_exactly_those_change(
    part: dict[str, Any], texts: dict[str, str]
) -> None:
    body = request(part, {"text": "bystander"})
    before = copy.deepcopy(body)
    read = CODEC.read_request(body)
    prefix = "/contents/0/parts/0"
    assert {s.path: s.text for s in read.segments if s.text != "bystander"} == {
        prefix + p: t for p, t in texts.items()
    }
    assert CODEC.write_request(read, {}) is body
    changes = {s.path: f"changed text {i}" for i, s in enumerate(read.segments) if s.text != "bystander"}
    written = CODEC.write_request(read, changes)
    assert body == before
    assert written["contents"][0]["parts"][1] is body["contents"][0]["parts"][1]
    now = sorted(s.text for s in CODEC.read_request(written).segments)
    assert now == sorted([*changes.values(), "bystander"])


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}, "image"),
        ({"inline_data": {"mime_type": "audio/wav", "data": ""}}, "audio"),
        ({"fileData": {"mimeType": "application/pdf", "fileUri": "f"}}, "file"),
        ({"inlineData": {"data": "iVBORw0KGgo="}}, "file"),
    ],
)
def test_what_cannot_be_read_is_noted(part: dict[str, Any], kind: str) -> None:
    assert [p.kind for p in CODEC.read_request(request(part)).uninspectable] == [kind]


def test_nesting_is_bounded() -> None:
    part: dict[str, Any] = {"text": "x"}
    for _ in range(400):
        part = {"functionResponse": {"name": "f", "parts": [part]}}
    with pytest.raises(InputError, match="levels of nesting"):
        CODEC.read_request(request(part))
