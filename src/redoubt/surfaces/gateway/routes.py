"""Which path is which provider's endpoint: the one table of what is served."""

import re
from dataclasses import dataclass, replace
from enum import Enum

from redoubt.domain.errors import InputError
from redoubt.domain.settings import UpstreamKind
from redoubt.surfaces.gateway.problems import NotServedError
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicCountTokens, AnthropicMessages
from redoubt.surfaces.gateway.wire.gemini_generate import GeminiCountTokens, GeminiEmbed, GeminiGenerate
from redoubt.surfaces.gateway.wire.interface import WireCodec
from redoubt.surfaces.gateway.wire.openai_chat import ChatCodec
from redoubt.surfaces.gateway.wire.openai_completions import CompletionsCodec
from redoubt.surfaces.gateway.wire.openai_embeddings import EmbeddingsCodec
from redoubt.surfaces.gateway.wire.openai_responses import ResponsesCodec


class Purpose(Enum):
    """What a request to a provider is for."""

    CALL = "call"
    """A model is asked: the body is a prompt, the reply an answer."""
    KEPT = "kept"
    """An answer that the provider keeps is fetched, cancelled or deleted: a reply without a prompt."""
    MODELS = "models"
    """The models are listed or described: neither."""


@dataclass(frozen=True, slots=True)
class Route:
    """One request to a provider's endpoint, as method and URL say it."""

    purpose: Purpose
    kind: UpstreamKind
    codec: WireCodec
    path: str
    """What is asked of the provider: path, with the query where it says something to the provider."""
    model: str = ""
    """Where the URL names one (Gemini)."""
    stream: bool = False
    """True where the URL asks for a stream."""
    chain: str = ""
    """The id of the kept answer."""
    media_type: bytes = b"text/event-stream; charset=utf-8"
    """Of a streamed answer."""


_OPENAI, _ANTHROPIC, _GEMINI = UpstreamKind.OPENAI, UpstreamKind.ANTHROPIC, UpstreamKind.GEMINI
_CHAT, _RESPONSES, _MESSAGES, _GENERATE = ChatCodec(), ResponsesCodec(), AnthropicMessages(), GeminiGenerate()


def _call(kind: UpstreamKind, codec: WireCodec, path: str) -> Route:
    return Route(Purpose.CALL, kind, codec, path)


_CALLS: dict[str, Route] = {
    route.path: route
    for route in (
        _call(_OPENAI, _CHAT, "/v1/chat/completions"),
        _call(_OPENAI, _RESPONSES, "/v1/responses"),
        _call(_OPENAI, CompletionsCodec(), "/v1/completions"),
        _call(_OPENAI, EmbeddingsCodec(), "/v1/embeddings"),
        _call(_ANTHROPIC, _MESSAGES, "/v1/messages"),
        _call(_ANTHROPIC, AnthropicCountTokens(), "/v1/messages/count_tokens"),
    )
}
_VERBS: dict[str, Route] = {
    "generateContent": _call(_GEMINI, _GENERATE, ""),
    "streamGenerateContent": replace(_call(_GEMINI, _GENERATE, ""), stream=True),
    "countTokens": _call(_GEMINI, GeminiCountTokens(), ""),
    "embedContent": _call(_GEMINI, GeminiEmbed(), ""),
    "batchEmbedContents": _call(_GEMINI, GeminiEmbed(), ""),
}
_CODECS: dict[UpstreamKind, WireCodec] = {_OPENAI: _CHAT, _ANTHROPIC: _MESSAGES, _GEMINI: _GENERATE}
_GENERATE_ARRAY = GeminiGenerate(array=True)

SERVED = (
    *_CALLS,
    "/v1/responses/{id}",
    "/v1/models",
    "/v1/models/{model}",
    "/v1beta/models",
    "/v1beta/models/{model}",
    *(f"/v1beta/models/{{model}}:{verb}" for verb in _VERBS),
)
"""Every path there is, for error messages and documents."""

_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,255}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
_QUERY_VALUE = re.compile(r"[A-Za-z0-9._\[\]-]{0,128}")
_PASSED = frozenset(
    {"beta", "api-version", "limit", "after", "after_id", "before_id", "order", "pageSize", "pageToken"}
)
"""Query parameters that go on to a provider.

What else stands in a query is not inspected, so it must not go on.
"""
_OURS = frozenset({"key", "alt", "$alt", "stream"})
"""Query parameters that are understood here."""


def codec_for(path: str, speaks: UpstreamKind | None = None) -> WireCodec:
    """Return the codec in whose shape an error at ``path`` is said; ``speaks``: whose client the caller is, where that is known."""
    if path.startswith("/v1beta/") or (path.startswith("/v1/models/") and path.rpartition(":")[2] in _VERBS):
        return _GENERATE
    if path.startswith("/v1/messages"):
        return _MESSAGES
    return _CODECS[speaks or _OPENAI]


def find(method: str, path: str, query: str, speaks: UpstreamKind | None = None) -> Route:
    """Return the route for a request; ``speaks`` as in `codec_for`.

    Raises NotServedError (404, 405) and InputError (a query that cannot go on).
    """
    route = _CALLS.get(path)
    if route is not None:
        _allow(method, "POST")
    elif path.startswith("/v1/responses/"):
        route = _kept(method, path)
    elif path == "/v1/models" or path.startswith("/v1/models/"):
        if path.rpartition(":")[2] in _VERBS:
            route = _gemini(method, path, "/v1/models")
        elif speaks is _GEMINI:
            route = _gemini(method, path.replace("/v1/", "/v1beta/", 1), "/v1beta/models")
        else:
            route = _models(method, path, speaks or _OPENAI, "/v1/models")
    elif path == "/v1beta/models" or path.startswith("/v1beta/models/"):
        route = _gemini(method, path, "/v1beta/models")
    else:
        raise _unknown()
    return _with_query(route, query) if query else _without_query(route)


def key_in_query(path: str, query: str) -> str:
    """Return the key that Google's own clients may put into the URL; only their paths have it."""
    if not query or not path.startswith("/v1beta/"):
        return ""
    return next((value for name, value in _pairs(query) if name == "key"), "")


def _kept(method: str, path: str) -> Route:
    name, _, action = path.removeprefix("/v1/responses/").partition("/")
    if not _ID.fullmatch(name) or action not in ("", "cancel"):
        raise _unknown()
    if action:
        _allow(method, "POST")
    elif method not in ("GET", "DELETE"):
        raise _method("GET, DELETE")
    return Route(Purpose.KEPT, _OPENAI, _RESPONSES, path, chain=name)


def _models(method: str, path: str, kind: UpstreamKind, base: str) -> Route:
    _allow(method, "GET")
    name = path.removeprefix(base).removeprefix("/")
    if path != base and not _is_model(name):
        raise _unknown()
    return Route(Purpose.MODELS, kind, _CODECS[kind], path, model=name)


def _gemini(method: str, path: str, base: str) -> Route:
    name, colon, verb = path.removeprefix(base).removeprefix("/").rpartition(":")
    if not colon:
        return _models(method, path, _GEMINI, base)
    route = _VERBS.get(verb)
    if route is None or not _is_model(name):
        raise _unknown()
    _allow(method, "POST")
    return replace(route, path=path, model=name)


def _with_query(route: Route, query: str) -> Route:
    passed: list[str] = []
    values: dict[str, str] = {}
    for name, value in _pairs(query):
        values[name] = value
        if name in _PASSED and _QUERY_VALUE.fullmatch(value):
            passed.append(f"{name}={value}")
        elif name not in _OURS:
            allowed = ", ".join(sorted(_PASSED))
            raise InputError(
                f"a query parameter cannot be passed on; those that can are {allowed}, with plain values"
            )
    if route.purpose is Purpose.KEPT and values.get("stream") == "true":
        passed.append("stream=true")
        route = replace(route, stream=True)
    route = _streamed(route, array="sse" not in (values.get("alt"), values.get("$alt")), passed=passed)
    return replace(route, path=f"{route.path}?{'&'.join(passed)}") if passed else route


def _without_query(route: Route) -> Route:
    if not (route.stream and route.kind is _GEMINI):
        return route
    passed: list[str] = []
    route = _streamed(route, array=True, passed=passed)
    return replace(route, path=f"{route.path}?{passed[0]}")


def _streamed(route: Route, *, array: bool, passed: list[str]) -> Route:
    """Ask Google for events always; the codec writes an array for the caller who did not ask for events."""
    if not (route.stream and route.kind is _GEMINI):
        return route
    passed.append("alt=sse")
    return replace(route, codec=_GENERATE_ARRAY, media_type=b"application/json") if array else route


def _pairs(query: str) -> list[tuple[str, str]]:
    pairs = (pair.partition("=") for pair in query.split("&")[:64] if pair)
    return [(name, value) for name, _, value in pairs]


def _is_model(name: str) -> bool:
    return _MODEL.fullmatch(name) is not None and ".." not in name and "//" not in name


def _allow(method: str, allowed: str) -> None:
    if method != allowed:
        raise _method(allowed)


def _method(allowed: str) -> NotServedError:
    return NotServedError(405, "method_not_allowed", f"this path is served with {allowed} only")


def _unknown() -> NotServedError:
    return NotServedError(404, "not_found", f"there is nothing at this path; served are {', '.join(SERVED)}")
