"""One question in the words of each protocol, and everything that an answer in any of them says."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

PROTOCOLS = ("chat", "responses", "anthropic", "gemini")
REFUND = {
    "type": "object",
    "properties": {"order": {"type": "integer"}, "to": {"type": "string"}},
    "required": ["order", "to"],
}
_SAYS = "Give the money for an order back."
_REPEATED = re.compile(r'"instructions":"(?:[^"\\]|\\.)*",')
_CALL = {"name": "read_page", "arguments": '{"page":1}'}


@dataclass(frozen=True)
class Question:
    """What is asked; with a ``page``, a tool has read it already, and a refund may be made."""

    user: str
    system: str
    page: str = ""


def request(protocol: str, asked: Question, *, streamed: bool) -> tuple[str, dict[str, Any]]:
    """Return path and body."""
    return _REQUESTS[protocol](asked, streamed)


def _chat(asked: Question, streamed: bool) -> tuple[str, dict[str, Any]]:
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": asked.system},
        {"role": "user", "content": asked.user},
    ]
    body: dict[str, Any] = {"model": "gpt-x", "stream": streamed, "messages": messages}
    if asked.page:
        call = {"id": "c1", "type": "function", "function": _CALL}
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": "c1", "content": asked.page})
        function = {"name": "refund", "description": _SAYS, "parameters": REFUND}
        body["tools"] = [{"type": "function", "function": function}]
    return "/v1/chat/completions", body


def _responses(asked: Question, streamed: bool) -> tuple[str, dict[str, Any]]:
    items: list[dict[str, Any]] = [{"role": "user", "content": asked.user}]
    body = {"model": "gpt-x", "stream": streamed, "instructions": asked.system, "input": items}
    if asked.page:
        items.append({"type": "function_call", "call_id": "c1", **_CALL})
        items.append({"type": "function_call_output", "call_id": "c1", "output": asked.page})
        body["tools"] = [{"type": "function", "name": "refund", "description": _SAYS, "parameters": REFUND}]
    return "/v1/responses", body


def _anthropic(asked: Question, streamed: bool) -> tuple[str, dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": asked.user}]
    body = {
        "model": "claude-x",
        "max_tokens": 4000,
        "stream": streamed,
        "system": asked.system,
        "messages": messages,
    }
    if asked.page:
        call = {"type": "tool_use", "id": "c1", "name": "read_page", "input": {"page": 1}}
        result = {"type": "tool_result", "tool_use_id": "c1", "content": asked.page}
        messages.append({"role": "assistant", "content": [call]})
        messages.append({"role": "user", "content": [result]})
        body["tools"] = [{"name": "refund", "description": _SAYS, "input_schema": REFUND}]
    return "/v1/messages", body


def _gemini(asked: Question, streamed: bool) -> tuple[str, dict[str, Any]]:
    contents: list[dict[str, Any]] = [{"role": "user", "parts": [{"text": asked.user}]}]
    body: dict[str, Any] = {"systemInstruction": {"parts": [{"text": asked.system}]}, "contents": contents}
    if asked.page:
        result = {"name": "read_page", "response": {"text": asked.page}}
        contents.append(
            {"role": "model", "parts": [{"functionCall": {"name": "read_page", "args": {"page": 1}}}]}
        )
        contents.append({"role": "user", "parts": [{"functionResponse": result}]})
        function = {"name": "refund", "description": _SAYS, "parameters": REFUND}
        body["tools"] = [{"functionDeclarations": [function]}]
    verb = "streamGenerateContent?alt=sse" if streamed else "generateContent"
    return f"/v1beta/models/gemini-x:{verb}", body


_REQUESTS = {"chat": _chat, "responses": _responses, "anthropic": _anthropic, "gemini": _gemini}


def ask(
    url: str, key: str, protocol: str, asked: Question, *, streamed: bool, **headers: str
) -> httpx2.Response:
    """Ask whoever listens at ``url``."""
    path, body = request(protocol, asked, streamed=streamed)
    sent = {"authorization": f"Bearer {key}", **headers}
    answer = httpx2.post(url + path, json=body, headers=sent, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def said(answer: httpx2.Response) -> str:
    """Return the bytes as text, and beside them what a client puts together out of the pieces of a stream.

    Left out are the instructions that the Responses API repeats in their own member to the application that sent them.
    """
    body = _REPEATED.sub("", answer.text)
    streams: dict[str, list[str]] = defaultdict(list)
    for document in _documents(body):
        for name, text in _strings(document, ""):
            streams[name].append(text)
    return "\n".join((body, *("".join(pieces) for pieces in streams.values())))


def _documents(text: str) -> Iterator[Any]:
    if text.startswith("{"):
        yield json.loads(text)
        return
    for line in text.splitlines():
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))


def _strings(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, name)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, key)
