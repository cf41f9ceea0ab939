"""OpenAI's Responses API.

Source: https://platform.openai.com/docs/api-reference/responses and /responses-streaming beside it.
"""

from collections.abc import Iterator
from typing import Any

from redoubt.adapters.practice.brain import Prompt, Reply, Tool, think, tokens
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
    asked = body.get("input")
    user, system, results = asked if isinstance(asked, str) else "", [text_of(body.get("instructions"))], []
    called: set[str] = set()
    for item in map(mapping, sequence(asked)):
        if item.get("type") == "function_call_output":
            results.append(text_of(item.get("output")))
        elif item.get("type") == "function_call":
            called.add(str(item.get("name")))
        elif item.get("role") in {"system", "developer"}:
            system.append(text_of(item.get("content")))
        elif item.get("role") == "user":
            user, results = text_of(item.get("content")), []
            called.clear()
    tools = tuple(
        Tool(tool["name"], parameters(tool.get("parameters")))
        for tool in map(mapping, sequence(body.get("tools")))
        if isinstance(tool.get("name"), str)
    )
    choice = body.get("tool_choice")
    wanted = mapping(choice).get("name")
    if choice == "none":
        tools = ()
    elif wanted is not None:
        tools = tuple(tool for tool in tools if tool.name == wanted)
    must = choice == "required" or wanted is not None
    most = limit(body.get("max_output_tokens"))
    instructions = "\n".join(filter(None, system))
    return Prompt(user, instructions, "\n".join(results), tools, must, most, frozenset(called))


def whole(body: dict[str, Any], raw: bytes, now: int) -> dict[str, Any]:
    """Answer in one piece."""
    reply = think(read(body))
    return _finished(body, raw, now, reply, _item(reply, raw))


def stream(body: dict[str, Any], raw: bytes, now: int) -> Iterator[bytes]:
    """Answer as an event stream."""
    reply = think(read(body))
    for number, step in enumerate(_steps(body, raw, now, reply)):
        yield event(step | {"sequence_number": number}, step["type"])


def _steps(body: dict[str, Any], raw: bytes, now: int, reply: Reply) -> Iterator[dict[str, Any]]:
    opened = _response(body, raw, now)
    yield {"type": "response.created", "response": opened}
    yield {"type": "response.in_progress", "response": opened}
    item = _item(reply, raw)
    yield from _call_steps(item) if reply.call is not None else _text_steps(reply, item)
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    kind = "response.incomplete" if reply.cut else "response.completed"
    yield {"type": kind, "response": _finished(body, raw, now, reply, item)}


def _text_steps(reply: Reply, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    empty = {"type": "output_text", "text": "", "annotations": []}
    begun = item | {"status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": 0, "item": begun}
    yield {"type": "response.content_part.added", **place, "part": empty}
    for piece in pieces(reply.text):
        yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": reply.text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": item["content"][0]}


def _call_steps(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    place = {"item_id": item["id"], "output_index": 0}
    begun = item | {"status": "in_progress", "arguments": ""}
    yield {"type": "response.output_item.added", "output_index": 0, "item": begun}
    for piece in pieces(item["arguments"]):
        yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
    yield {
        "type": "response.function_call_arguments.done",
        **place,
        "name": item["name"],
        "arguments": item["arguments"],
    }


def _item(reply: Reply, raw: bytes) -> dict[str, Any]:
    if reply.call is not None:
        return {
            "type": "function_call",
            "id": digest(raw, "fc_practice_"),
            "call_id": digest(raw, "call_practice_"),
            "name": reply.call.name,
            "arguments": compact(dict(reply.call.arguments)),
            "status": "completed",
        }
    part = {"type": "output_text", "text": reply.text, "annotations": []}
    return {
        "type": "message",
        "id": digest(raw, "msg_practice_"),
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }


def _response(body: dict[str, Any], raw: bytes, now: int) -> dict[str, Any]:
    return {
        "id": digest(raw, "resp_practice_"),
        "object": "response",
        "created_at": now,
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "model": named(body.get("model")),
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": body.get("previous_response_id"),
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": sequence(body.get("tools")),
        "metadata": mapping(body.get("metadata")) | {"system_fingerprint": FINGERPRINT},
        "usage": None,
    }


def _finished(
    body: dict[str, Any], raw: bytes, now: int, reply: Reply, item: dict[str, Any]
) -> dict[str, Any]:
    asked, said = tokens(compact(body)), tokens(reply.text or item.get("arguments", ""))
    usage = {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": asked + said,
    }
    ended = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    state = ended if reply.cut else {"status": "completed"}
    return _response(body, raw, now) | {"output": [item], "usage": usage} | state
