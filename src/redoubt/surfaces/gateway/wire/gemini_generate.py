"""Google's ``:generateContent`` and ``:streamGenerateContent``.

The streamed answer comes as server-sent events (``?alt=sse``) or else as one JSON array that grows. The provider
is always asked for events; `GeminiGenerate(array=True)` writes the array for a caller whose URL did not ask for
them, and its media type is then ``application/json``.

Source: https://ai.google.dev/api/generate-content, errors: https://ai.google.dev/gemini-api/docs/troubleshooting
and https://cloud.google.com/apis/design/errors
"""

from collections.abc import Mapping

from redoubt.domain.exchange import Role, Trust, Usage
from redoubt.surfaces.gateway.wire import tree
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer, wrong_request
from redoubt.surfaces.gateway.wire.gemini_answer import (
    read_chunk,
    read_usage,
    refusal_answer,
    status_name,
)
from redoubt.surfaces.gateway.wire.gemini_parts import PROTOCOL, content, free, members
from redoubt.surfaces.gateway.wire.gemini_stream import GeminiStream
from redoubt.surfaces.gateway.wire.interface import Json, StreamCodec, WireAnswer, WireRequest, tokens

_SYSTEM = ("systemInstruction", "system_instruction")
_WRAPPED = ("generateContentRequest", "generate_content_request")
_MAX_WRAPPED = 1
_DECLARATIONS = ("functionDeclarations", "function_declarations")
_CONTENTS = ("contents", "content")


class GeminiGenerate:
    """The codec of ``generateContent`` and ``streamGenerateContent``."""

    api = "gemini.generate"
    can_refuse = True

    def __init__(self, *, array: bool = False) -> None:
        self._array = array

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:
        """Find the text in a request; the URL says the model and whether the answer is streamed."""
        if type(body) is not dict:
            wrong_request("", "an object")
        c = Collector(PROTOCOL)
        _request(c, body, "")
        return WireRequest(
            body=body,
            segments=tuple(c.segments),
            model=model.removeprefix("models/"),
            stream=stream,
            uninspectable=tuple(c.uninspectable),
            end_user=_end_user(body),
        )

    def write_request(self, request: WireRequest, changes: Mapping[str, str]) -> Json:
        """Write changed texts back. Thought signatures are kept: Google does not tie them to a part's text."""
        return tree.replace(request.body, changes)

    def read_answer(self, body: Json) -> WireAnswer:
        """Find the text in an answer, or in the message of an error."""
        if type(body) is not dict:
            wrong_answer("", "an object")
        c = Collector(PROTOCOL, wrong_answer)
        read_chunk(c, body)
        return WireAnswer(body, tuple(c.segments), tuple(c.uninspectable), read_usage(body, Usage()))

    def write_answer(self, answer: WireAnswer, changes: Mapping[str, str]) -> Json:
        """Write changed texts back."""
        return tree.replace(answer.body, changes)

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:  # noqa: ARG002
        """Say ``text`` as an ordinary candidate with ``finishReason: "SAFETY"``."""
        return refusal_answer(request.model, text, exchange)

    def refusal_stream(self, request: WireRequest, text: str, *, exchange: str, now: float) -> bytes:  # noqa: ARG002
        """Say the same as a complete stream."""
        return GeminiStream(request.model, array=self._array, exchange=exchange).refuse(text)

    def error(self, status: int, message: str, *, code: str = "") -> Json:
        """Write an error; ``code`` goes into the details as the reason of a ``google.rpc.ErrorInfo``."""
        error: dict[str, Json] = {"code": status, "message": message, "status": status_name(status)}
        if code:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": kind, "reason": code, "domain": "redoubt"}]
        return {"error": error}

    def stream(self, request: WireRequest) -> StreamCodec:
        """Return the codec for one streamed answer."""
        return GeminiStream(request.model, array=self._array)


class GeminiCountTokens(GeminiGenerate):
    """The codec of ``countTokens``: texts in, a number out."""

    api = "gemini.count_tokens"
    can_refuse = False

    def read_answer(self, body: Json) -> WireAnswer:
        """Read the numbers."""
        if type(body) is not dict:
            wrong_answer("", "an object")
        c = Collector(PROTOCOL, wrong_answer)
        members(c, body, "", Role.ASSISTANT, Trust.MODEL)
        count = body.get("totalTokens", body.get("total_tokens"))
        usage = Usage(tokens(count))
        return WireAnswer(body, tuple(c.segments), tuple(c.uninspectable), usage)

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:  # noqa: ARG002
        """Return the error for a denial: there is no place for words among numbers."""
        return self.error(400, text)


class GeminiEmbed(GeminiCountTokens):
    """The codec of ``embedContent`` and ``batchEmbedContents``."""

    api = "gemini.embed"


def _request(c: Collector, body: dict[str, Json], path: str, depth: int = 0) -> None:
    for key in _SYSTEM:
        content(c, body.get(key), f"{path}/{key}", Role.SYSTEM, Trust.OPERATOR)
    _tools(c, body.get("tools"), f"{path}/tools")
    for key in _CONTENTS:
        if type(body.get(key)) not in {list, dict, str, type(None)}:
            wrong_request(f"{path}/{key}", "a list")
        content(c, body.get(key), f"{path}/{key}", Role.USER, Trust.USER)
    known: tuple[str, ...] = (*_SYSTEM, *_CONTENTS, "tools")
    for key in _WRAPPED:  # countTokens may wrap a whole request
        if type(body.get(key)) is dict and depth < _MAX_WRAPPED:
            _request(c, body[key], f"{path}/{key}", depth + 1)
            known = (*known, key)
    if type(body.get("requests")) is list and depth < _MAX_WRAPPED:  # batchEmbedContents holds many
        for i, item in enumerate(body["requests"]):
            if type(item) is not dict:
                wrong_request(f"{path}/requests/{i}", "an object")
            _request(c, item, f"{path}/requests/{i}", depth + 1)
        known = (*known, "requests")
    members(c, body, path, Role.USER, Trust.USER, known)


def _tools(c: Collector, value: Json, path: str) -> None:
    role, trust = Role.TOOL_DEFINITION, Trust.OPERATOR
    if value is None:
        return
    if type(value) is not list:
        free(c, value, path, role, trust)
        return
    for i, tool in enumerate(value):
        if type(tool) is not dict:
            wrong_request(f"{path}/{i}", "an object")
        for key in _DECLARATIONS:
            _declarations(c, tool.get(key), f"{path}/{i}/{key}", role, trust)
        members(c, tool, f"{path}/{i}", role, trust, _DECLARATIONS)


def _declarations(c: Collector, value: Json, path: str, role: Role, trust: Trust) -> None:
    if value is None:
        return
    if type(value) is not list:
        wrong_request(path, "a list")
    for i, item in enumerate(value):
        if type(item) is not dict:
            wrong_request(f"{path}/{i}", "an object")
        if item.get("name") is not None:
            c.name(item["name"], f"{path}/{i}/name", role, trust)
        members(c, item, f"{path}/{i}", role, trust, ("name",))


def _end_user(body: dict[str, Json]) -> str:
    labels = body.get("labels")
    user = labels.get("user_id", labels.get("user")) if type(labels) is dict else None
    return user if type(user) is str else ""
