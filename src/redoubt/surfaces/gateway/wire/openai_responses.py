"""Responses: `POST /v1/responses`.

Source: https://platform.openai.com/docs/api-reference/responses
"""

from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json, StreamCodec, WireAnswer, WireRequest
from redoubt.surfaces.gateway.wire.openai_common import (
    PROTOCOL,
    SEALED,
    OpenAICodec,
    end_user,
    read_head,
    read_object,
    read_usage,
)
from redoubt.surfaces.gateway.wire.openai_items import read_items
from redoubt.surfaces.gateway.wire.openai_parts import read_tools
from redoubt.surfaces.gateway.wire.openai_responses_events import refused_response
from redoubt.surfaces.gateway.wire.openai_responses_stream import ResponsesStream

_SETTINGS = frozenset({"instructions", "tools", "text", "metadata", "prompt"})
_REQUEST = frozenset({"input", "model", "stream", "conversation", *_SETTINGS})
_ANSWER = frozenset({"output", "conversation", *_SETTINGS})


class ResponsesCodec(OpenAICodec):
    """`openai.responses`."""

    api = "openai.responses"
    logprobs_are_listed = True

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:
        """See `WireCodec.read_request`."""
        collector = Collector(PROTOCOL, sealed=SEALED)
        request = read_object(body, collector, "")
        # A prompt that is stored at the provider may name the model there.
        name, streamed = read_head(request, collector, model, optional="prompt" in request)
        _read_settings(collector, request)
        read_items(collector, request.get("input"), "/input", (Role.USER, Trust.USER))
        conversation = _read_conversation(collector, request)
        collector.rest(request, "", Role.USER, Trust.USER, _REQUEST)
        previous = request.get("previous_response_id")
        if previous and conversation:  # each has an owner; the provider takes one of them, too
            raise InputError(
                "a request goes on from previous_response_id or from a conversation, not from both",
                pointer="/conversation",
            )
        return WireRequest(
            body,
            tuple(collector.segments),
            name,
            streamed or stream,
            tuple(collector.uninspectable),
            end_user(request),
            previous if previous and type(previous) is str else conversation,
        )

    def read_answer(self, body: Json) -> WireAnswer:
        """See `WireCodec.read_answer`."""
        collector = Collector(PROTOCOL, wrong_answer, SEALED)
        answer = read_object(body, collector, "")
        conversation = read_response(collector, answer)
        name = answer.get("id")
        return WireAnswer(
            body,
            tuple(collector.segments),
            tuple(collector.uninspectable),
            read_usage(answer.get("usage")),
            conversation or (name if type(name) is str else ""),
        )

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:
        """See `WireCodec.refusal`."""
        return refused_response(request.model, text, exchange=exchange, now=now)

    def refusal_stream(self, request: WireRequest, text: str, *, exchange: str, now: float) -> bytes:
        """See `WireCodec.refusal_stream`."""
        stream = ResponsesStream(request, read_response)
        stream.begin(exchange, now)
        return stream.refuse(text)

    def stream(self, request: WireRequest) -> StreamCodec:
        """See `WireCodec.stream`."""
        return ResponsesStream(request, read_response)


def read_response(collector: Collector, answer: dict[str, Json]) -> str:
    """Take the text of a response object, the settings of the request that it repeats included; return its conversation."""
    read_items(collector, answer.get("output"), "/output", (Role.ASSISTANT, Trust.MODEL))
    _read_settings(collector, answer)
    conversation = _read_conversation(collector, answer)
    collector.rest(answer, "", Role.ASSISTANT, Trust.MODEL, _ANSWER)
    return conversation


def _read_settings(collector: Collector, body: dict[str, Json]) -> None:
    operator = (Role.SYSTEM, Trust.OPERATOR)
    if "instructions" in body:
        read_items(collector, body["instructions"], "/instructions", operator)
    if "tools" in body:
        read_tools(collector, body["tools"], "/tools")
    if "text" in body:
        collector.everything(body["text"], "/text", Role.TOOL_DEFINITION, Trust.OPERATOR)
    if "metadata" in body:
        collector.free(body["metadata"], "/metadata", Role.USER, Trust.USER)
    prompt = body.get("prompt")
    if type(prompt) is dict:
        collector.rest(prompt, "/prompt", *operator, ("variables",))
        _read_variables(collector, prompt.get("variables"))
    elif prompt is not None:
        collector.everything(prompt, "/prompt", *operator)


def _read_variables(collector: Collector, value: Json) -> None:
    """Take what is filled into a stored prompt: texts, or parts (images and files too)."""
    if type(value) is not dict:
        collector.everything(value, "/prompt/variables", Role.USER, Trust.USER)
        return
    collector.free(value, "/prompt/variables", Role.USER, Trust.USER)


def _read_conversation(collector: Collector, body: dict[str, Json]) -> str:
    """Return the id of the conversation that the provider keeps."""
    value = body.get("conversation")
    if type(value) is dict:
        collector.rest(value, "/conversation", Role.USER, Trust.USER)
        value = value.get("id")
    return value if type(value) is str else ""
