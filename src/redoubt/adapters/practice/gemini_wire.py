"""Google's generateContent family, as https://ai.google.dev/api/generate-content describes it."""

from collections.abc import Iterator
from typing import Any

from redoubt.adapters.practice.brain import Prompt, Reply, Tool, think, tokens
from redoubt.adapters.practice.chunks import (
    FINGERPRINT,
    compact,
    digest,
    encode,
    event,
    limit,
    mapping,
    named,
    parameters,
    pieces,
    sequence,
    text_of,
)
from redoubt.adapters.practice.embed import vector


def member(value: Any, camel: str, snake: str) -> Any:
    """Return a member by either of the two spellings Google accepts."""
    found = mapping(value)
    return found[camel] if camel in found else found.get(snake)


def read(body: dict[str, Any]) -> Prompt:
    """Understand a request."""
    user, results = "", ""
    called: set[str] = set()
    contents = body.get("contents")
    for content in contents if isinstance(contents, list) else [contents]:
        parts = sequence(mapping(content).get("parts"))
        if mapping(content).get("role", "user") not in {"user", "function"}:
            calls = [mapping(member(part, "functionCall", "function_call")) for part in parts]
            called |= {str(call.get("name")) for call in calls if call}
            continue
        answered = [member(part, "functionResponse", "function_response") for part in parts]
        results = text_of([compact(mapping(part).get("response")) for part in answered if part])
        called = called if any(answered) else set()
        user = text_of([mapping(part).get("text") for part in parts]) or user
    mode = mapping(
        member(member(body, "toolConfig", "tool_config"), "functionCallingConfig", "function_calling_config")
    )
    demanded = str(mode.get("mode", "AUTO")).upper()
    settings = member(body, "generationConfig", "generation_config")
    return Prompt(
        user=user,
        system=text_of(member(body, "systemInstruction", "system_instruction")),
        results=results,
        tools=() if demanded == "NONE" else tuple(_tools(body)),
        must_call=demanded == "ANY",
        max_tokens=limit(member(settings, "maxOutputTokens", "max_output_tokens")),
        called=frozenset(called),
    )


def _tools(body: dict[str, Any]) -> Iterator[Tool]:
    for tool in sequence(body.get("tools")):
        for declared in sequence(member(tool, "functionDeclarations", "function_declarations")):
            name = mapping(declared).get("name")
            if isinstance(name, str):
                schema = mapping(declared).get("parameters") or member(
                    declared, "parametersJsonSchema", "parameters_json_schema"
                )
                yield Tool(name, parameters(schema))


def whole(body: dict[str, Any], raw: bytes, model: str) -> dict[str, Any]:
    """Answer ``:generateContent``."""
    reply = think(read(body))
    return _chunk(body, raw, model, _parts(reply), reply, last=True)


def stream(body: dict[str, Any], raw: bytes, model: str, *, events: bool) -> Iterator[bytes]:
    """Answer ``:streamGenerateContent``: events with ``alt=sse``, else one JSON array that grows."""
    reply = think(read(body))
    parts = [[{"text": piece}] for piece in pieces(reply.text)] if reply.call is None else [_parts(reply)]
    for at, part in enumerate(parts or [[{"text": ""}]]):
        chunk = _chunk(body, raw, model, part, reply, last=at >= len(parts) - 1)
        yield event(chunk) if events else (b"," if at else b"[") + encode(chunk)
    if not events:
        yield b"]"


def _parts(reply: Reply) -> list[dict[str, Any]]:
    if reply.call is None:
        return [{"text": reply.text}]
    return [{"functionCall": {"name": reply.call.name, "args": dict(reply.call.arguments)}}]


def _chunk(
    body: dict[str, Any], raw: bytes, model: str, parts: list[dict[str, Any]], reply: Reply, *, last: bool
) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    asked = tokens(compact(body))
    said = tokens(reply.text or compact(parts)) if last else 0
    if last:
        candidate["finishReason"] = "MAX_TOKENS" if reply.cut else "STOP"
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": asked,
            "candidatesTokenCount": said,
            "totalTokenCount": asked + said,
        },
        "modelVersion": named(model),
        "responseId": digest(raw, "practice-"),
    }


def count(body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``:countTokens``."""
    return {"totalTokens": tokens(compact(body))}


def embed(body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``:embedContent``."""
    return {"embedding": {"values": list(vector(text_of(body.get("content"))))}}


def embed_all(body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``:batchEmbedContents``."""
    asked = [text_of(mapping(item).get("content")) for item in sequence(body.get("requests"))]
    return {"embeddings": [{"values": list(vector(text))} for text in asked]}


def described(name: str) -> dict[str, Any]:
    """Describe one model."""
    return {
        "name": f"models/{named(name)}",
        "displayName": f"{named(name)} ({FINGERPRINT})",
        "version": FINGERPRINT,
        "inputTokenLimit": 1_000_000,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens", "embedContent"],
    }


def models(names: tuple[str, ...]) -> dict[str, Any]:
    """Answer ``/v1beta/models``."""
    return {"models": [described(name) for name in names]}


def error(status: int, message: str) -> dict[str, Any]:
    """Write an error."""
    word = {400: "INVALID_ARGUMENT", 404: "NOT_FOUND"}.get(status, "INTERNAL")
    return {"error": {"code": status, "message": message, "status": word}}
