"""OpenAI's chat completions, completions, embeddings and models.

Source: https://platform.openai.com/docs/api-reference
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
from redoubt.adapters.practice.embed import DIMENSIONS, MAX_DIMENSIONS, packed, vector

DONE = b"data: [DONE]\n\n"


def read_chat(body: dict[str, Any]) -> Prompt:
    """Understand a chat request."""
    user = ""
    system: list[str] = []
    results: list[str] = []
    called: set[str] = set()
    for message in map(mapping, sequence(body.get("messages"))):
        text = text_of(message.get("content"))
        match message.get("role"):
            case "system" | "developer":
                system.append(text)
            case "user":
                user, results = text, []
                called.clear()
            case "assistant":
                calls = map(mapping, sequence(message.get("tool_calls")))
                called.update(str(mapping(call.get("function")).get("name")) for call in calls)
            case "tool" | "function":
                results.append(text)
    limits = limit(body.get("max_completion_tokens")) or limit(body.get("max_tokens"))
    return Prompt(user, "\n".join(system), "\n".join(results), *_choice(body), limits, frozenset(called))


def _choice(body: dict[str, Any]) -> tuple[tuple[Tool, ...], bool]:
    """Return the tools that may be called, and whether one must."""
    tools = tuple(
        Tool(name, parameters(described.get("parameters")))
        for tool in map(mapping, sequence(body.get("tools")))
        if isinstance(name := (described := mapping(tool.get("function")) or tool).get("name"), str)
    )
    choice = body.get("tool_choice")
    if choice == "none":
        return (), False
    wanted = (mapping(mapping(choice).get("function")) or mapping(choice)).get("name")
    if wanted is not None:
        return tuple(tool for tool in tools if tool.name == wanted), True
    return tools, choice == "required"


def chat(body: dict[str, Any], raw: bytes, now: int) -> dict[str, Any]:
    """Answer a chat request in one piece."""
    reply = think(read_chat(body))
    message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": None}
    if reply.call is not None:
        message |= {"content": None, "tool_calls": [_call(reply, raw)]}
    answer = _head(body, raw, now, "chat.completion")
    answer["choices"] = [{"index": 0, "message": message, "logprobs": None, "finish_reason": _reason(reply)}]
    answer["usage"] = _usage(body, reply)
    return answer


def chat_stream(body: dict[str, Any], raw: bytes, now: int) -> Iterator[bytes]:
    """Answer a chat request as an event stream."""
    reply = think(read_chat(body))
    head = _head(body, raw, now, "chat.completion.chunk")
    with_usage = mapping(body.get("stream_options")).get("include_usage") is True

    def chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
        choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        return event(head | {"choices": choices} | ({"usage": None} if with_usage else {}))

    if reply.call is None:
        yield chunk({"role": "assistant", "content": ""})
        for piece in pieces(reply.text):
            yield chunk({"content": piece})
    else:
        call = _call(reply, raw)
        arguments = call["function"]["arguments"]
        opened = call | {"index": 0, "function": call["function"] | {"arguments": ""}}
        yield chunk({"role": "assistant", "content": None, "tool_calls": [opened]})
        for piece in pieces(arguments):
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    yield chunk({}, _reason(reply))
    if with_usage:
        yield event(head | {"choices": [], "usage": _usage(body, reply)})
    yield DONE


def completion(body: dict[str, Any], raw: bytes, now: int) -> dict[str, Any]:
    """Answer ``/v1/completions`` in one piece."""
    answer = _head(body, raw, now, "text_completion")
    replies = [think(prompt) for prompt in _prompts(body)]
    answer["choices"] = [
        {"index": index, "text": reply.text, "logprobs": None, "finish_reason": _reason(reply)}
        for index, reply in enumerate(replies)
    ]
    answer["usage"] = _usage(body, *replies)
    return answer


def completion_stream(body: dict[str, Any], raw: bytes, now: int) -> Iterator[bytes]:
    """Answer ``/v1/completions`` as an event stream."""
    head = _head(body, raw, now, "text_completion")
    for index, reply in enumerate(map(think, _prompts(body))):
        choice: dict[str, Any] = {"index": index, "logprobs": None, "finish_reason": None}
        for piece in pieces(reply.text):
            yield event(head | {"choices": [choice | {"text": piece}]})
        yield event(head | {"choices": [choice | {"text": "", "finish_reason": _reason(reply)}]})
    yield DONE


def _prompts(body: dict[str, Any]) -> list[Prompt]:
    asked = body.get("prompt")
    most = limit(body.get("max_tokens"))
    several = isinstance(asked, list) and all(isinstance(item, str) for item in asked)
    return [Prompt(text_of(item), max_tokens=most) for item in (asked if several and asked else [asked])]


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``/v1/embeddings``."""
    asked = body.get("input")
    one = isinstance(asked, str) or (isinstance(asked, list) and all(isinstance(i, int) for i in asked))
    texts = [
        item if isinstance(item, str) else compact(item) for item in ([asked] if one else sequence(asked))
    ]
    size = min(limit(body.get("dimensions")) or DIMENSIONS, MAX_DIMENSIONS)
    vectors = [vector(text, size) for text in texts]
    in_base64 = body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": packed(found) if in_base64 else list(found)}
        for index, found in enumerate(vectors)
    ]
    spent = sum(map(tokens, texts))
    usage = {"prompt_tokens": spent, "total_tokens": spent}
    return {"object": "list", "data": data, "model": named(body.get("model")), "usage": usage}


def model(name: str) -> dict[str, Any]:
    """Describe one model."""
    return {"id": named(name), "object": "model", "created": 1_735_689_600, "owned_by": FINGERPRINT}


def models(names: tuple[str, ...]) -> dict[str, Any]:
    """Answer ``/v1/models``."""
    return {"object": "list", "data": [model(name) for name in names]}


def error(status: int, message: str) -> dict[str, Any]:
    """Write an error."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def _head(body: dict[str, Any], raw: bytes, now: int, kind: str) -> dict[str, Any]:
    return {
        "id": digest(raw, "cmpl-practice-" if kind == "text_completion" else "chatcmpl-practice-"),
        "object": kind,
        "created": now,
        "model": named(body.get("model")),
        "system_fingerprint": FINGERPRINT,
    }


def _call(reply: Reply, raw: bytes) -> dict[str, Any]:
    if reply.call is None:
        return {}
    function = {"name": reply.call.name, "arguments": compact(dict(reply.call.arguments))}
    return {"id": digest(raw, "call_practice_"), "type": "function", "function": function}


def _reason(reply: Reply) -> str:
    if reply.call is not None:
        return "tool_calls"
    return "length" if reply.cut else "stop"


def _usage(body: dict[str, Any], *replies: Reply) -> dict[str, int]:
    asked = tokens(compact(body))
    said = sum(tokens(r.text) + (tokens(compact(dict(r.call.arguments))) if r.call else 0) for r in replies)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
