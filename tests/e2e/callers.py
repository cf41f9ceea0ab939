"""One way to ask, whichever of the three SDKs does it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import anthropic
import openai
from google import genai
from google.genai import errors, types

from tests.e2e.rig import Door

KINDS = ("openai", "anthropic", "gemini")
MODELS = {"openai": "gpt-x", "anthropic": "claude-x", "gemini": "gemini-x"}
BAD_REQUEST: dict[str, type[Exception]] = {
    "openai": openai.BadRequestError,
    "anthropic": anthropic.BadRequestError,
    "gemini": errors.ClientError,
}


@dataclass(frozen=True)
class Said:
    """What came back."""

    text: str
    ended: str
    """Why, in the provider's word."""


@dataclass(frozen=True)
class Caller:
    """A client of one kind."""

    kind: str
    whole: Callable[..., Said]
    stream: Callable[..., Said]

    def ask(self, text: str, *, streamed: bool, model: str = "", session: str = "") -> Said:
        ask = self.stream if streamed else self.whole
        return ask(text, model or MODELS[self.kind], {"x-redoubt-session": session} if session else {})


@contextmanager
def caller(kind: str, door: Door, key: str = "") -> Iterator[Caller]:
    """Open a client of ``kind`` that asks once and takes no for an answer."""
    key = key or door.key
    if kind == "openai":
        with openai.OpenAI(base_url=f"{door.url}/v1", api_key=key, max_retries=0) as client:
            yield _openai(client)
    elif kind == "anthropic":
        with anthropic.Anthropic(base_url=door.url, api_key=key, max_retries=0) as other:
            yield _anthropic(other)
    else:
        google = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=door.url))
        try:
            yield _gemini(google)
        finally:
            google.close()


def _openai(client: openai.OpenAI) -> Caller:
    def asked(text: str, model: str, headers: dict[str, str]) -> dict[str, Any]:
        return {"model": model, "messages": [{"role": "user", "content": text}], "extra_headers": headers}

    def whole(*args: Any) -> Said:
        choice = client.chat.completions.create(**asked(*args)).choices[0]
        return Said(choice.message.content or "", choice.finish_reason)

    def stream(*args: Any) -> Said:
        chunks = [c for c in client.chat.completions.create(**asked(*args), stream=True) if c.choices]
        text = "".join(c.choices[0].delta.content or "" for c in chunks)
        return Said(
            text,
            next((c.choices[0].finish_reason for c in reversed(chunks) if c.choices[0].finish_reason), ""),
        )

    return Caller("openai", whole, stream)


def _anthropic(client: anthropic.Anthropic) -> Caller:
    def asked(text: str, model: str, headers: dict[str, str]) -> dict[str, Any]:
        messages = [{"role": "user", "content": text}]
        return {"model": model, "max_tokens": 4000, "messages": messages, "extra_headers": headers}

    def said(message: Any) -> Said:
        return Said("".join(b.text for b in message.content if b.type == "text"), message.stop_reason or "")

    def stream(*args: Any) -> Said:
        with client.messages.stream(**asked(*args)) as events:
            return said(events.get_final_message())

    return Caller("anthropic", lambda *args: said(client.messages.create(**asked(*args))), stream)


def _gemini(client: genai.Client) -> Caller:
    def asked(text: str, model: str, headers: dict[str, str]) -> dict[str, Any]:
        options = types.HttpOptions(headers=headers or None, retry_options=types.HttpRetryOptions(attempts=1))
        return {"model": model, "contents": text, "config": types.GenerateContentConfig(http_options=options)}

    def said(chunks: list[types.GenerateContentResponse]) -> Said:
        ended = [
            c.candidates[0].finish_reason for c in chunks if c.candidates and c.candidates[0].finish_reason
        ]
        return Said("".join(c.text or "" for c in chunks), ended[-1].value if ended else "")

    def whole(*args: Any) -> Said:
        return said([client.models.generate_content(**asked(*args))])

    def stream(*args: Any) -> Said:
        return said(list(client.models.generate_content_stream(**asked(*args))))

    return Caller("gemini", whole, stream)
