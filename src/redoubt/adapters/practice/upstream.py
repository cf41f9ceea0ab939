"""The practice model behind the port to a provider."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote

from redoubt.adapters.practice import anthropic_wire, gemini_wire, openai_responses, openai_wire
from redoubt.adapters.practice.chunks import encode
from redoubt.adapters.practice.world import MODELS
from redoubt.domain.errors import UpstreamError
from redoubt.pipeline.upstream import Headers, UpstreamReply, UpstreamRequest

LABEL = ("x-redoubt-simulated", "true")
EPOCH = 1_735_689_600
"""The time of every answer (2025-01-01 UTC) unless a clock is passed in."""

_Json = dict[str, Any]
_Whole = Callable[[_Json, bytes, int], _Json]
_Stream = Callable[[_Json, bytes, int], Iterator[bytes]]
_ErrorBody = Callable[[int, str], _Json]

_OPENAI: dict[str, tuple[_Whole, _Stream | None]] = {
    "/v1/chat/completions": (openai_wire.chat, openai_wire.chat_stream),
    "/v1/responses": (openai_responses.whole, openai_responses.stream),
    "/v1/completions": (openai_wire.completion, openai_wire.completion_stream),
    "/v1/embeddings": (lambda body, _raw, _now: openai_wire.embeddings(body), None),
}
_ANTHROPIC: dict[str, tuple[_Whole, _Stream | None]] = {
    "/v1/messages": (
        lambda body, raw, _now: anthropic_wire.whole(body, raw),
        lambda body, raw, _now: anthropic_wire.stream(body, raw),
    ),
    "/v1/messages/count_tokens": (lambda body, _raw, _now: anthropic_wire.count(body), None),
}
_GEMINI: dict[str, Callable[[_Json], _Json]] = {
    "countTokens": gemini_wire.count,
    "embedContent": gemini_wire.embed,
    "batchEmbedContents": gemini_wire.embed_all,
}


class PracticeReply:
    """An answer that was thought of already; its body is handed out piece by piece."""

    def __init__(self, status: int, media_type: str, body: Iterable[bytes]) -> None:
        self.status = status
        self.headers: Headers = (("content-type", media_type), LABEL)
        self._body = iter(body)
        self._closed = False

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body; raises UpstreamError once the reply was closed."""
        for piece in self._body:
            yield piece
            if self._closed:
                raise UpstreamError("the practice model's reply was closed before it was read")

    async def aclose(self) -> None:
        """Let go of the reply."""
        self._closed = True
        self._body = iter(())


class PracticeUpstream:
    """A simulated provider that speaks the protocols of OpenAI, Anthropic and Google; it opens no connection.

    Stateless: the reply depends on the request and on ``now`` (seconds since the epoch) alone.
    """

    def __init__(self, now: Callable[[], float] = lambda: EPOCH) -> None:
        self._now = now

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """Answer ``request``; what a provider would reject is answered with its error, never raised."""
        path, _, query = request.path.partition("?")
        if request.method == "GET":
            return _listing(path, request)
        if request.method != "POST":
            return _failure(_error_of(path), 404, "there is nothing at this address with this method")
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            return _failure(_error_of(path), 400, "the body is not valid JSON")
        if not isinstance(body, dict):
            return _failure(_error_of(path), 400, "the body is not a JSON object")
        if path.startswith(("/v1beta/models/", "/v1/models/")):
            return _gemini(path, query, body, request.body)
        known = _OPENAI.get(path) or _ANTHROPIC.get(path)
        if known is None:
            return _failure(_error_of(path), 404, "the practice model does not have this endpoint")
        whole, stream = known
        if body.get("stream") is True and stream is not None:
            return _events(stream(body, request.body, int(self._now())))
        return _json(200, whole(body, request.body, int(self._now())))

    async def aclose(self) -> None:
        """Do nothing: there is nothing open."""


def _gemini(path: str, query: str, body: _Json, raw: bytes) -> PracticeReply:
    model, _, verb = unquote(path.partition("/models/")[2]).rpartition(":")
    if verb == "generateContent":
        return _json(200, gemini_wire.whole(body, raw, model))
    if verb == "streamGenerateContent":
        if "sse" in parse_qs(query).get("alt", []):
            return _events(gemini_wire.stream(body, raw, model, events=True))
        return PracticeReply(200, "application/json", gemini_wire.stream(body, raw, model, events=False))
    if verb in _GEMINI:
        return _json(200, _GEMINI[verb](body))
    return _failure(gemini_wire.error, 404, "the practice model does not have this method")


def _listing(path: str, request: UpstreamRequest) -> PracticeReply:
    name = unquote(path.partition("/models/")[2])
    if path.startswith("/v1beta/"):
        if path == "/v1beta/models":
            return _json(200, gemini_wire.models(MODELS))
        if name:
            return _json(200, gemini_wire.described(name))
        return _failure(gemini_wire.error, 404, "there is nothing at this address")
    if path == "/v1/models":
        anthropic = any(header == "anthropic-version" for header, _ in request.headers)
        return _json(200, anthropic_wire.models(MODELS) if anthropic else openai_wire.models(MODELS))
    if name:
        return _json(200, openai_wire.model(name))
    return _failure(_error_of(path), 404, "there is nothing at this address")


def _error_of(path: str) -> _ErrorBody:
    if path.startswith("/v1beta/"):
        return gemini_wire.error
    return anthropic_wire.error if path.startswith("/v1/messages") else openai_wire.error


def _json(status: int, body: _Json) -> PracticeReply:
    return PracticeReply(status, "application/json", (encode(body),))


def _events(body: Iterable[bytes]) -> PracticeReply:
    return PracticeReply(200, "text/event-stream", body)


def _failure(shape: _ErrorBody, status: int, message: str) -> PracticeReply:
    return _json(status, shape(status, message))
