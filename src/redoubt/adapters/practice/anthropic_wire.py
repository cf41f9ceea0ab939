"""Anthropic's Messages API.

Source: https://docs.anthropic.com/en/api/messages and https://docs.anthropic.com/en/api/messages-streaming
"""

from collections.abc import Iterator
from typing import Any

from redoubt.adapters.practice.brain import Call, Prompt, Reply, Tool, think, tokens
from redoubt.adapters.practice.chunks import (
    FINGERPRINT,
    compact,
    digest,
    event,
    limit,
    mapping,
    named,
    parameters,
    pieces,
    sequence,
    text_of,
)


def read(body: dict[str, Any]) -> Prompt:
    """Understand a request."""
    user, results = "", ""
    called: set[str] = set()
    for message in sequence(body.get("messages")):
        content = mapping(message).get("content")
        blocks = sequence(content)
        if mapping(message).get("role") != "user":
            called |= {str(b.get("name")) for b in map(mapping, blocks) if b.get("type") == "tool_use"}
            continue
        answered = [block for block in blocks if mapping(block).get("type") == "tool_result"]
        said = [block for block in blocks if mapping(block).get("type") != "tool_result"]
        results = text_of([mapping(block).get("content") for block in answered])
        called = called if answered else set()
        user = text_of(content if isinstance(content, str) else said) or user
    choice = mapping(body.get("tool_choice")).get("type")
    tools = () if choice == "none" else tuple(_tools(body))
    if choice == "tool":
        tools = tuple(tool for tool in tools if tool.name == body["tool_choice"].get("name"))
    return Prompt(
        user=user,
        system=text_of(body.get("system")),
        results=results,
        tools=tools,
        must_call=choice in {"any", "tool"},
        max_tokens=limit(body.get("max_tokens")),
        called=frozenset(called),
    )


def _tools(body: dict[str, Any]) -> Iterator[Tool]:
    for tool in sequence(body.get("tools")):
        name = mapping(tool).get("name")
        if isinstance(name, str):
            yield Tool(name, parameters(mapping(tool).get("input_schema")))


def count(body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``/v1/messages/count_tokens``."""
    return {"input_tokens": tokens(compact(body))}


def whole(body: dict[str, Any], raw: bytes) -> dict[str, Any]:
    """Answer in one piece."""
    reply = think(read(body))
    block = _block(reply, raw)
    if reply.call is None:
        block["text"] = reply.text
    else:
        block["input"] = dict(reply.call.arguments)
    message = _message(body, raw)
    message["content"] = [block]
    message["stop_reason"] = _reason(reply)
    message["usage"]["output_tokens"] = _size(reply)
    return message


def stream(body: dict[str, Any], raw: bytes) -> Iterator[bytes]:
    """Answer as an event stream."""
    reply = think(read(body))
    yield _event({"type": "message_start", "message": _message(body, raw)})
    yield _event({"type": "content_block_start", "index": 0, "content_block": _block(reply, raw)})
    yield _event({"type": "ping"})
    for piece in pieces(reply.text if reply.call is None else compact(dict(reply.call.arguments))):
        delta = (
            {"type": "text_delta", "text": piece}
            if reply.call is None
            else {"type": "input_json_delta", "partial_json": piece}
        )
        yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
    yield _event({"type": "content_block_stop", "index": 0})
    yield _event(
        {
            "type": "message_delta",
            "delta": {"stop_reason": _reason(reply), "stop_sequence": None},
            "usage": {"output_tokens": _size(reply)},
        }
    )
    yield _event({"type": "message_stop"})


def models(names: tuple[str, ...]) -> dict[str, Any]:
    """Answer ``/v1/models``."""
    data = [
        {
            "type": "model",
            "id": name,
            "display_name": f"{name} ({FINGERPRINT})",
            "created_at": "2025-01-01T00:00:00Z",
        }
        for name in names
    ]
    return {"data": data, "has_more": False, "first_id": names[0], "last_id": names[-1]}


def error(status: int, message: str) -> dict[str, Any]:
    """Write an error."""
    kind = {400: "invalid_request_error", 404: "not_found_error"}.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}}


def _event(value: dict[str, Any]) -> bytes:
    return event(value, value["type"])


def _message(body: dict[str, Any], raw: bytes) -> dict[str, Any]:
    return {
        "id": digest(raw, "msg_practice_"),
        "type": "message",
        "role": "assistant",
        "model": named(body.get("model")),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": tokens(compact(body)), "output_tokens": 1},
    }


def _block(reply: Reply, raw: bytes) -> dict[str, Any]:
    """Return the block as `content_block_start` shows it: still empty."""
    if reply.call is None:
        return {"type": "text", "text": ""}
    return {"type": "tool_use", "id": digest(raw, "toolu_practice_"), "name": reply.call.name, "input": {}}


def _reason(reply: Reply) -> str:
    if reply.call is not None:
        return "tool_use"
    return "max_tokens" if reply.cut else "end_turn"


def _size(reply: Reply) -> int:
    return tokens(reply.text) + (_call_size(reply.call) if reply.call else 0)


def _call_size(call: Call) -> int:
    return tokens(compact(dict(call.arguments)))
