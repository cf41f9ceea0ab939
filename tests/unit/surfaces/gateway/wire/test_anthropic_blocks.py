"""Which texts of a content block are seen, and how they are written back."""

import copy
from typing import Any

import pytest

from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Segment
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicMessages

CODEC = AnthropicMessages()
SIGNATURE = "EqoBCkgIARABGAIiQL2UoU0b1OHYi+yCHpBY7U6FQW8/FcoLewocJQPa2HnmLM+NECy50y44F/kD4SULFXi57buI9fAvyBwtyjlOiO0SDE3=="


def request(*messages: Any, **members: Any) -> dict[str, Any]:
    return {"model": "claude-x", "max_tokens": 10, "messages": list(messages)} | members


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def found(body: Any) -> dict[str, Segment]:
    segments = CODEC.read_request(body).segments
    assert len({s.path for s in segments}) == len(segments)
    return {s.path: s for s in segments}


BLOCKS = [
    ({"type": "text", "text": "hi"}, {"/text": "hi"}),
    ({"type": "tool_use", "id": "t", "name": "f", "input": {"a": "x", "n": 4111111111111111, "s": 7}},
     {"/input/a": "x", "/input/n": "4111111111111111"}),
    ({"type": "tool_use", "id": "t", "name": "f", "input": {"id": "jane", "type": "secret words"}},
     {"/input/id": "jane", "/input/type": "secret words"}),
    ({"type": "tool_use", "id": "t", "name": "f", "input": {"jane@example.com": 1}},
     {"/input/jane@example.com~#": "jane@example.com"}),
    ({"type": "server_tool_use", "id": "t", "name": "web_search", "input": {"query": "q"}}, {"/input/query": "q"}),
    ({"type": "tool_result", "tool_use_id": "t", "content": "plain"}, {"/content": "plain"}),
    ({"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "deep"}]},
     {"/content/0/text": "deep"}),
    ({"type": "thinking", "thinking": "hm", "signature": SIGNATURE}, {"/thinking": "hm"}),
    ({"type": "thinking", "thinking": "", "signature": "my card is 1234"}, {"/signature": "my card is 1234"}),
    ({"type": "redacted_thinking", "data": SIGNATURE}, {}),
    ({"type": "redacted_thinking", "data": "4111111111111111"}, {"/data": "4111111111111111"}),
    ({"type": "document", "title": "T", "context": "C",
      "source": {"type": "text", "media_type": "text/plain", "data": "body"}},
     {"/title": "T", "/context": "C", "/source/data": "body"}),
    ({"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": "aGkgdGhlcmU="}},
     {"/source/data~b": "hi there"}),
    ({"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "inner"}]}},
     {"/source/content/0/text": "inner"}),
    ({"type": "document", "source": {"type": "content", "content": "inner"}}, {"/source/content": "inner"}),
    ({"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}},
     {"/source/url": "https://example.com/a.pdf"}),
    ({"type": "text", "text": "t", "citations": [{"type": "char_location", "cited_text": "ct",
      "document_title": "dt", "document_index": 0}]},
     {"/text": "t", "/citations/0/cited_text": "ct", "/citations/0/document_title": "dt"}),
    ({"type": "search_result", "source": "src", "title": "ti", "content": [{"type": "text", "text": "te"}]},
     {"/source": "src", "/title": "ti", "/content/0/text": "te"}),
    ({"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"type": "web_search_result",
      "title": "ti", "url": "https://e.com", "encrypted_content": SIGNATURE, "page_age": "1d"}]},
     {"/content/0/title": "ti", "/content/0/url": "https://e.com"}),
    ({"type": "code_execution_tool_result", "tool_use_id": "s", "content": {"type": "code_execution_result",
      "stdout": "out", "stderr": "err", "return_code": 0, "content": []}},
     {"/content/stdout": "out", "/content/stderr": "err"}),
    ({"type": "mcp_tool_use", "id": "m", "name": "f", "server_name": "s", "input": {"q": ["a", "b"]}},
     {"/input/q/0": "a", "/input/q/1": "b"}),
    ({"type": "compaction", "content": "summary", "encrypted_content": SIGNATURE}, {"/content": "summary"}),
    ({"type": "invented_tomorrow", "words": {"here": ["too"]}}, {"/words/here/0": "too"}),
    ({"type": ["odd"], "text": "still seen"}, {"/type/0": None, "/text": "still seen"}),
    ({"type": "odd words with blanks", "x": 1}, {"/type": "odd words with blanks"}),
]  # fmt: skip


@pytest.mark.parametrize(("block", "texts"), BLOCKS)
def test_every_block_shows_its_texts(block: dict[str, Any], texts: dict[str, str | None]) -> None:
    segments = found(request(user([block])))
    prefix = "/messages/0/content/0"
    wanted = {prefix + path: text for path, text in texts.items() if text is not None}
    assert {path: s.text for path, s in segments.items()} == wanted


@pytest.mark.parametrize(("block", "texts"), BLOCKS)
def test_exactly_the_changed_texts_change(block: dict[str, Any], texts: dict[str, str | None]) -> None:
    body = request(user([block, {"type": "text", "text": "bystander"}]))
    before = copy.deepcopy(body)
    read = CODEC.read_request(body)
    assert CODEC.write_request(read, {}) is body
    changes = {s.path: f"changed text {i}" for i, s in enumerate(read.segments) if s.text != "bystander"}
    written = CODEC.write_request(read, changes)
    assert body == before
    assert written["messages"][0]["content"][1] is body["messages"][0]["content"][1]
    texts_now = sorted(s.text for s in CODEC.read_request(written).segments)
    assert texts_now == sorted([*changes.values(), "bystander"])


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}, "image"),
        ({"type": "image", "source": {"type": "url", "url": "https://example.com/i.png"}}, "image"),
        ({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="}}, "file"),
        ({"type": "document", "source": {"type": "file", "file_id": "file_1"}}, "file"),
        ({"type": "container_upload", "file_id": "file_1"}, "file"),
        ({"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": {"type": "file", "file_id": "f"}}]}, "image"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_noted(block: dict[str, Any], kind: str) -> None:
    read = CODEC.read_request(request(user([block])))
    assert [part.kind for part in read.uninspectable] == [kind]


def test_nesting_is_bounded() -> None:
    block: dict[str, Any] = {"type": "text", "text": "x"}
    for _ in range(400):
        block = {"type": "tool_result", "tool_use_id": "t", "content": [block]}
    with pytest.raises(InputError, match="levels of nesting"):
        CODEC.read_request(request(user([block])))
