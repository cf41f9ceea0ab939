"""Which texts of a request to the Messages API are seen, and how they are written back."""

from typing import Any

import pytest

from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicMessages

CODEC = AnthropicMessages()


def request(*messages: Any, **members: Any) -> dict[str, Any]:
    return {"model": "claude-x", "max_tokens": 10, "messages": list(messages)} | members


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def found(body: Any) -> dict[str, Segment]:
    segments = CODEC.read_request(body).segments
    assert len({s.path for s in segments}) == len(segments)
    return {s.path: s for s in segments}


def test_a_card_written_as_a_number_becomes_a_string() -> None:
    body = request(
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "t", "name": "pay", "input": {"card": 4111111111111111}}],
        }
    )
    read = CODEC.read_request(body)
    assert [(s.text, s.role, s.trust) for s in read.segments] == [
        ("4111111111111111", Role.TOOL_CALL, Trust.MODEL)
    ]
    written = CODEC.write_request(read, {read.segments[0].path: "[CARD]"})
    assert written["messages"][0]["content"][0]["input"] == {"card": "[CARD]"}


def test_who_speaks() -> None:
    segments = found(
        request(
            user("u"),
            {"role": "assistant", "content": [{"type": "text", "text": "a"}]},
            user([{"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "r"}]}]),
            {"role": "system", "content": "later"},
            system=[{"type": "text", "text": "s", "cache_control": {"type": "ephemeral", "ttl": "5m"}}],
            tools=[
                {
                    "name": "f",
                    "description": "d",
                    "input_schema": {
                        "type": "object",
                        "required": ["to"],
                        "properties": {"to": {"type": "string", "description": "who"}},
                    },
                }
            ],
            metadata={"user_id": "jane@example.com"},
            mcp_servers=[{"type": "url", "name": "m", "url": "https://m", "authorization_token": "tok"}],
            stop_sequences=["END"],
        )
    )
    assert {path: (s.text, s.role, s.trust) for path, s in segments.items()} == {
        "/system/0/text": ("s", Role.SYSTEM, Trust.OPERATOR),
        "/tools/0/description": ("d", Role.TOOL_DEFINITION, Trust.OPERATOR),
        "/tools/0/input_schema/properties/to/description": ("who", Role.TOOL_DEFINITION, Trust.OPERATOR),
        "/messages/0/content": ("u", Role.USER, Trust.USER),
        "/messages/1/content/0/text": ("a", Role.ASSISTANT, Trust.MODEL),
        "/messages/2/content/0/content/0/text": ("r", Role.TOOL_RESULT, Trust.EXTERNAL),
        "/messages/3/content": ("later", Role.SYSTEM, Trust.OPERATOR),
        "/mcp_servers/0/name": ("m", Role.TOOL_DEFINITION, Trust.OPERATOR),
        "/mcp_servers/0/url": ("https://m", Role.TOOL_DEFINITION, Trust.OPERATOR),
        "/metadata/user_id": ("jane@example.com", Role.USER, Trust.USER),
        "/stop_sequences/0": ("END", Role.USER, Trust.USER),
    }


def test_the_request_names_model_stream_and_person() -> None:
    read = CODEC.read_request(request(user("u"), stream=True, metadata={"user_id": "u-1"}))
    assert (read.model, read.stream, read.end_user, read.chain) == ("claude-x", True, "u-1", "")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ("text", ""),
        (request(user(5)), "/messages/0/content"),
        (request(user(["bare text"])), "/messages/0/content/0"),
        (request(user([{"type": "text", "text": {"a": "b"}}])), "/messages/0/content/0/text"),
        (request("bare"), "/messages/0"),
        (request({"role": "stranger", "content": "x"}), "/messages/0/role"),
        (request() | {"messages": {"a": 1}}, "/messages"),
        (request() | {"model": 5}, "/model"),
        (request() | {"stream": "yes"}, "/stream"),
        (request(system=7), "/system"),
        (request(tools={}), "/tools"),
    ],
)
def test_what_could_hide_text_is_refused(body: Any, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        CODEC.read_request(body)
    assert caught.value.pointer == pointer
    assert "bare" not in str(caught.value)
