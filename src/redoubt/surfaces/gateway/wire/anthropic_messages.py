"""Anthropic's ``POST /v1/messages``.

Source: https://docs.anthropic.com/en/api/messages, /en/api/errors and the types of the official SDK.
"""

from collections.abc import Mapping
from dataclasses import replace

from redoubt.domain.exchange import Role, Trust, Usage
from redoubt.surfaces.gateway.wire import tree
from redoubt.surfaces.gateway.wire.anthropic_blocks import PROTOCOL, block, members
from redoubt.surfaces.gateway.wire.anthropic_request import read
from redoubt.surfaces.gateway.wire.anthropic_stream import AnthropicStream, read_usage, refusal_message
from redoubt.surfaces.gateway.wire.anthropic_thinking import without_changed_thinking
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer, wrong_request
from redoubt.surfaces.gateway.wire.interface import Json, StreamCodec, WireAnswer, WireRequest, tokens

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""https://docs.anthropic.com/en/api/errors; any other 4xx is an invalid request, any other 5xx an ``api_error``."""


class AnthropicMessages:
    """The codec of ``/v1/messages``."""

    api = "anthropic.messages"
    can_refuse = True

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:
        """Find the text in a request; ``model`` and ``stream`` stand in the body and win over the arguments."""
        if type(body) is not dict:
            wrong_request("", "an object")
        return read(body, model, stream)

    def write_request(self, request: WireRequest, changes: Mapping[str, str]) -> Json:
        """Write changed texts back; see `without_changed_thinking` for what becomes of signed reasoning."""
        return without_changed_thinking(tree.replace(request.body, changes), changes)

    def read_answer(self, body: Json) -> WireAnswer:
        """Find the text in an answer, or in the message of an error."""
        if type(body) is not dict:
            wrong_answer("", "an object")
        c = Collector(PROTOCOL, wrong_answer)
        if body.get("type") != "error" and type(body.get("content")) is not list:
            wrong_answer("/content", "a list")
        for i, item in enumerate(body.get("content") or ()):
            block(c, item, f"/content/{i}", Role.ASSISTANT, Trust.MODEL)
        members(c, body, "", Role.ASSISTANT, Trust.MODEL, ("content", "usage"))
        usage = Usage()
        if body.get("usage") is not None:
            usage = read_usage(body["usage"], Usage())
        return WireAnswer(body, tuple(c.segments), tuple(c.uninspectable), usage)

    def write_answer(self, answer: WireAnswer, changes: Mapping[str, str]) -> Json:
        """Write changed texts back."""
        return tree.replace(answer.body, changes)

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:  # noqa: ARG002
        """Say ``text`` as an ordinary message with ``stop_reason: "refusal"``."""
        message = refusal_message(request.model, exchange)
        message["content"] = [{"type": "text", "text": text}]
        message["stop_reason"] = "refusal"
        return message

    def refusal_stream(self, request: WireRequest, text: str, *, exchange: str, now: float) -> bytes:  # noqa: ARG002
        """Say the same as a complete event stream."""
        return AnthropicStream(request.model, exchange).refuse(text)

    def error(self, status: int, message: str, *, code: str = "") -> Json:
        """Write an error; ``code`` goes where Anthropic puts its finer one."""
        other = "api_error" if status >= 500 else "invalid_request_error"
        error: dict[str, Json] = {"type": ERROR_TYPES.get(status, other), "message": message}
        if code:
            error["details"] = {"error_code": code}
        return {"type": "error", "error": error}

    def stream(self, request: WireRequest) -> StreamCodec:
        """Return the codec for one streamed answer."""
        return AnthropicStream(request.model)


class AnthropicCountTokens(AnthropicMessages):
    """The codec of ``/v1/messages/count_tokens``: the same request, an answer without text."""

    api = "anthropic.count_tokens"
    can_refuse = False

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:
        """Find the text in a request; its answer is never streamed."""
        return replace(super().read_request(body, model=model, stream=stream), stream=False)

    def read_answer(self, body: Json) -> WireAnswer:
        """Read the count."""
        if type(body) is not dict:
            wrong_answer("", "an object")
        c = Collector(PROTOCOL, wrong_answer)
        members(c, body, "", Role.ASSISTANT, Trust.MODEL)
        count = body.get("input_tokens")
        return WireAnswer(body, tuple(c.segments), usage=Usage(tokens(count)))

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:  # noqa: ARG002
        """Return the error for a denial: there is no place for words in a count."""
        return self.error(400, text)
