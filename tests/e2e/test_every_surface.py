"""Wherever in a request a value stands, and in whatever notation, the provider does not see it."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.e2e.provider import Provider
from tests.e2e.rig import Door, tells
from tests.e2e.values import CARD, EMAIL, IBAN, PHONE, PSEUDONYMISED, REDACTED, SSN, TEXT

NUMBER = int(CARD.replace(" ", ""))
ENCODED = base64.b64encode(TEXT.encode()).decode()
ARGUMENTS = json.dumps({"card": NUMBER, EMAIL: {"deep": [IBAN, NUMBER]}})
SCHEMA = {
    "type": "object",
    "properties": {"a": {"enum": [EMAIL, NUMBER], "default": PHONE, "const": IBAN, "examples": [CARD]}},
    "required": [EMAIL],
    "description": TEXT,
}


def chat(*messages: Any, **more: Any) -> tuple[str, Any]:
    return "/v1/chat/completions", {"model": "gpt-x", "messages": [*messages], **more}


def claude(*content: Any, **more: Any) -> tuple[str, Any]:
    messages = [{"role": "user", "content": [*content]}]
    return "/v1/messages", {"model": "claude-x", "max_tokens": 99, "messages": messages, **more}


def gemini(*parts: Any, **more: Any) -> tuple[str, Any]:
    return "/v1beta/models/gemini-x:generateContent", {
        "contents": [{"role": "user", "parts": [*parts]}],
        **more,
    }


def responses(*items: Any, **more: Any) -> tuple[str, Any]:
    return "/v1/responses", {"model": "gpt-x", "input": [*items], **more}


def text(value: str) -> dict[str, str]:
    return {"type": "text", "text": value}


def user(*content: Any) -> dict[str, Any]:
    return {"role": "user", "content": [*content]}


FUNCTION = {"name": "f", "description": TEXT, "parameters": SCHEMA}
URL = f"https://x.test/?m={EMAIL}&c={NUMBER}"
FILE = {"filename": EMAIL, "file_data": f"data:text/plain;base64,{ENCODED}"}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ARGUMENTS}}
HELLO = {"role": "user", "content": "hello"}
REQUESTS = {
    "openai, the end user": chat(HELLO, user=EMAIL, safety_identifier=EMAIL, metadata={EMAIL: PHONE, "n": NUMBER}),
    "openai, tool arguments": chat({"role": "assistant", "content": None, "tool_calls": [CALL]}),
    "openai, tool results": chat({"role": "tool", "tool_call_id": "c", "content": json.dumps({"card": NUMBER, "ssn": SSN})}),
    "openai, tool definitions": chat(HELLO, tools=[{"type": "function", "function": FUNCTION}]),
    "openai, structured output": chat(HELLO, response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}),
    "openai, predictions and stops": chat(HELLO, prediction={"type": "content", "content": TEXT}, stop=[EMAIL]),
    "openai, addresses of pictures": chat(user({"type": "image_url", "image_url": {"url": URL}})),
    "openai, files": chat(user({"type": "file", "file": FILE})),
    "openai, what is new": chat(HELLO, a_new_field={"x": [TEXT, {EMAIL: NUMBER}]}),
    "responses, messages": responses({"type": "message", "role": "user", "content": [{"type": "input_text", "text": TEXT}]}),
    "responses, reasoning": responses({"type": "reasoning", "summary": [{"type": "summary_text", "text": TEXT}]}),
    "responses, calls": responses(
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": ARGUMENTS},
        {"type": "mcp_call", "arguments": ARGUMENTS, "output": TEXT},
    ),
    "responses, variables": responses(prompt={"id": "p", "variables": {"a": EMAIL, EMAIL: "x"}}, instructions=TEXT),
    "anthropic, tool results": claude({"type": "tool_result", "tool_use_id": "c", "content": json.dumps({"card": NUMBER, EMAIL: 1})}),
    "anthropic, search results": claude({"type": "search_result", "source": EMAIL, "title": TEXT, "content": [text(TEXT)]}),
    "anthropic, documents": claude(
        {"type": "document", "title": EMAIL, "context": TEXT, "source": {"type": "content", "content": [text(TEXT)]}}
    ),
    "anthropic, files": claude({"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": ENCODED}}),
    "anthropic, tool input": claude({"type": "tool_use", "id": "c", "name": "f", "input": {EMAIL: NUMBER, "a": [{"b": IBAN}]}}),
    "anthropic, thinking": claude({"type": "thinking", "thinking": TEXT, "signature": "abc"}),
    "anthropic, the rest": claude(
        text("hi"), system=[text(TEXT)], metadata={"user_id": EMAIL}, stop_sequences=[EMAIL],
        tools=[{"name": "f", "description": TEXT, "input_schema": SCHEMA}],
    ),
    "gemini, parts": gemini(
        {"text": TEXT}, {"executableCode": {"code": TEXT}}, {"codeExecutionResult": {"output": TEXT}}
    ),
    "gemini, files": gemini({"inline_data": {"mime_type": "text/plain", "data": ENCODED}}, {"fileData": {"fileUri": f"https://x.test/{EMAIL}"}}),
    "gemini, calls": gemini(
        {"functionCall": {"name": "f", "args": {EMAIL: NUMBER, "x": [PHONE]}}},
        {"functionResponse": {"name": "f", "response": {EMAIL: NUMBER, "x": [IBAN]}}},
    ),
    "gemini, the rest": gemini(
        {"text": "hi"}, system_instruction={"parts": [{"text": TEXT}]}, labels={"a": EMAIL},
        generationConfig={"stopSequences": [EMAIL], "responseSchema": SCHEMA},
        tools=[{"functionDeclarations": [{"name": "f", "description": TEXT}]}],
    ),
}  # fmt: skip

NOTATIONS: dict[str, Callable[[str], str]] = {
    "URL": lambda value: quote(value, safe=""),
    "URL, every character": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "HTML": lambda value: "".join(f"&#{ord(c)};" for c in value),
    "quoted-printable": lambda value: "".join(f"={byte:02X}" for byte in value.encode()),
    "hexadecimal": lambda value: value.encode().hex(),
    "base32": lambda value: base64.b32encode(f"x {value} y".encode()).decode(),
    "base64 twice": lambda value: base64.b64encode(base64.b64encode(f"value {value} ok".encode())).decode(),
    "JSON escapes": lambda value: "".join(f"\\u{ord(c):04x}" for c in value),
}


@pytest.fixture
def client(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(
        base_url=door.url, headers={"authorization": f"Bearer {door.key}"}, timeout=20
    ) as made:
        yield made


@pytest.mark.parametrize("name", REQUESTS)
def test_no_place_is_forgotten(client: httpx2.Client, provider: Provider, name: str) -> None:
    path, body = REQUESTS[name]
    answer = client.post(path, json=body)
    assert answer.status_code == 200
    assert answer.headers["x-redoubt-decision"] == "redact"
    for value in (*PSEUDONYMISED.values(), *REDACTED.values(), str(NUMBER)):
        assert not tells(provider.everything, value), value
    for value in REDACTED.values():
        assert not tells(answer.content, value), value


@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_notation_hides_it_and_every_one_comes_back(
    client: httpx2.Client, provider: Provider, notation: str
) -> None:
    write = NOTATIONS[notation]
    for value in (*PSEUDONYMISED.values(), *REDACTED.values()):
        asked = f"please use {write(value)} now"
        path, body = chat({"role": "user", "content": f"repeat: {asked}"})
        said = client.post(path, json=body).json()["choices"][0]["message"]["content"]
        assert write(value) not in json.loads(provider.seen[-1].body)["messages"][0]["content"]
        if value in PSEUDONYMISED.values():
            assert said == asked
        else:
            assert "[REDACTED:" in said
