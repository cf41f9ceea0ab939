"""What the OpenAI endpoints have in common.

Source: https://platform.openai.com/docs/api-reference
"""

from collections.abc import Mapping

import msgspec

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Trust, Usage
from redoubt.surfaces.gateway.wire import dataurl, sse, tree
from redoubt.surfaces.gateway.wire.collect import LONG_NUMBER, Collector, is_token, wrong_answer
from redoubt.surfaces.gateway.wire.interface import (
    Json,
    Lanes,
    ServerSentEvent,
    WireAnswer,
    WireRequest,
    tokens,
)

PROTOCOL = frozenset(
    {
        "id",
        "object",
        "type",
        "role",
        "model",
        "status",
        "call_id",
        "tool_call_id",
        "item_id",
        "response_id",
        "previous_response_id",
        "file_id",
        "file_ids",
        "vector_store_ids",
        "vector_store_id",
        "container_id",
        "approval_request_id",
        "connector_id",
        "finish_reason",
        "detail",
        "format",
        "effort",
        "verbosity",
        "reasoning_effort",
        "service_tier",
        "system_fingerprint",
        "truncation",
        "include",
        "modalities",
        "voice",
        "encoding_format",
        "phase",
        "summary_index",
        "content_index",
        "output_index",
        "sequence_number",
        "index",
        "created",
        "created_at",
        "completed_at",
        "expires_at",
        "seed",
        "tool_choice",
        "require_approval",
        "search_context_size",
        "quality",
        "size",
        "background",
        "output_format",
        "moderation",
        "input_fidelity",
        "environment",
        "prompt_cache_retention",
        "ranker",
        "execution",
        "event",
        "object_type",
        "required",
        "$ref",
        "$schema",
        "additionalProperties",
        "unevaluatedProperties",
        "max_completion_tokens",
        "content_filter_results",
        "prompt_filter_results",
        "incomplete_details",
        "prompt_tokens_details",
        "completion_tokens_details",
        "input_tokens_details",
        "output_tokens_details",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
    }
)
"""Members whose strings are ids and constants wherever they stand."""

SEALED = frozenset({"encrypted_content", "obfuscation"})
"""Members that hold the provider's own ciphertext or padding."""

ROLES: Mapping[str, tuple[Role, Trust]] = {
    "system": (Role.SYSTEM, Trust.OPERATOR),
    "developer": (Role.DEVELOPER, Trust.OPERATOR),
    "user": (Role.USER, Trust.USER),
    "assistant": (Role.ASSISTANT, Trust.MODEL),
    "tool": (Role.TOOL_RESULT, Trust.EXTERNAL),
    "function": (Role.TOOL_RESULT, Trust.EXTERNAL),
}

_ERROR_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class OpenAICodec:
    """The parts of a codec that do not depend on the endpoint."""

    can_refuse = True
    logprobs_are_listed = False
    """Whether `logprobs` is a list, so that none of them is an empty list rather than null."""

    def write_request(self, request: WireRequest, changes: Mapping[str, str]) -> Json:
        """See `WireCodec.write_request`."""
        return tree.replace(request.body, changes)

    def write_answer(self, answer: WireAnswer, changes: Mapping[str, str]) -> Json:
        """See `WireCodec.write_answer`; the log probabilities of a changed text go, for they spell it out token by token."""
        body = tree.replace(answer.body, changes)
        drop_logprobs(body, changes, listed=self.logprobs_are_listed)
        return body

    def error(self, status: int, message: str, *, code: str = "") -> Json:
        """See `WireCodec.error`."""
        return error_body(status, message, code)


def error_body(status: int, message: str, code: str = "") -> Json:
    """Return OpenAI's error object; a content denial also has the member by which Azure OpenAI's clients know one.

    Source: https://platform.openai.com/docs/guides/error-codes and
    https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
    """
    kind = _ERROR_TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    error: dict[str, Json] = {"message": message, "type": kind, "param": None, "code": code or None}
    if code == "content_filter":
        error["innererror"] = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}}
    return {"error": error}


def drop_logprobs(body: Json, changes: Mapping[str, str], *, listed: bool) -> None:
    """Take `logprobs` out of every object on the way to a change; `tree.replace` has copied those."""
    for path in changes:
        node = body
        for key in tree.tokens(path)[:-1]:
            if type(node) is dict:
                if node.get("logprobs"):
                    node["logprobs"] = [] if listed else None
                if key == "logprobs":
                    break  # what was changed has gone with them
                node = node.get(key)
            elif type(node) is list and key.isdigit():
                node = node[int(key)]
            else:
                break
        if type(node) is dict and node.get("logprobs"):
            node["logprobs"] = [] if listed else None


def spells(logprobs: Json, text: str) -> bool:
    """Tell whether a list of log probabilities has just the tokens that make up ``text``."""
    try:
        return "".join([token["token"] for token in logprobs]) == text
    except (TypeError, KeyError):
        return False


def is_constant(key: str, value: Json) -> bool:
    """Tell whether a member of a stream's event is an id, a constant, a number or ciphertext, and so holds no text."""
    kind = type(value)
    if kind is str:
        return is_token(value) if key in PROTOCOL else key in SEALED and dataurl.is_base64(value)
    if kind is int or kind is float:
        return key in PROTOCOL or -LONG_NUMBER < value < LONG_NUMBER
    return value is None or kind is bool


def read_object(value: Json, collector: Collector, path: str) -> dict[str, Json]:
    """Return ``value``, which must be an object."""
    if type(value) is not dict:
        collector.wrong(path, "an object")
    return value


def read_list(value: Json, collector: Collector, path: str) -> list[Json]:
    """Return ``value``, which must be a list; null is an empty one."""
    if value is None:
        return []
    if type(value) is not list:
        collector.wrong(path, "a list")
    return value


def read_head(
    body: dict[str, Json], collector: Collector, model: str, *, optional: bool = False
) -> tuple[str, bool]:
    """Return model and streaming of a request; the model may be missing where that is ``optional``."""
    name = body.get("model", model)
    if type(name) is not str or not (name or optional):
        collector.wrong("/model", "the name of a model")
    stream = body.get("stream")
    if stream is not None and type(stream) is not bool:
        collector.wrong("/stream", "true or false")
    return name, stream is True


def end_user(body: dict[str, Json]) -> str:
    """Return the person the application names."""
    for key in ("safety_identifier", "user"):
        value = body.get(key)
        if value and type(value) is str:
            return value
    return ""


def read_bias(collector: Collector, value: Json) -> None:
    """Take `logit_bias`, unless it maps token numbers to numbers as it should."""
    if value is None or (
        type(value) is dict
        and all(
            k.isdigit() and len(k) < 8 and type(v) in (int, float) and abs(v) <= 100 for k, v in value.items()
        )
    ):
        return
    collector.everything(value, "/logit_bias", Role.USER, Trust.USER)


def read_usage(value: Json) -> Usage:
    """Return the tokens of either form of `usage`; what is not a count is left out."""
    if type(value) is not dict:
        return Usage()
    first = value.get("prompt_tokens", value.get("input_tokens"))
    second = value.get("completion_tokens", value.get("output_tokens"))
    return Usage(tokens(first), tokens(second))


def decode_event(event: ServerSentEvent) -> dict[str, Json]:
    """Return the JSON object an event carries. Raises UpstreamError where it carries none."""
    try:
        value = _decode(event.data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise UpstreamError("the provider sent a stream event that is not JSON") from None
    if type(value) is not dict:
        raise UpstreamError("the provider sent a stream event that is not a JSON object")
    return value


def encode_event(value: Json, name: str = "") -> bytes:
    """Return the bytes of an event that carries ``value``. Raises UpstreamError where it is not valid Unicode."""
    try:
        return sse.write_json(_encode(value), name)
    except UnicodeEncodeError:
        raise UpstreamError("the provider sent text that is not valid Unicode") from None


def inspect_whole(value: Json, lanes: Lanes, role: Role, trust: Trust, path: str) -> Json:
    """Return ``value`` with every string in it inspected at once, as `Collector.everything` finds them."""
    collector = Collector(PROTOCOL, wrong_answer, SEALED)
    collector.everything(value, path, role, trust)
    return replace_whole(value, collector, lanes, path)


def replace_whole(value: Json, collector: Collector, lanes: Lanes, path: str) -> Json:
    """Return ``value`` (at ``path``) with the collected texts as `Lanes.replaced` lets them pass."""
    changes = {}
    for s in collector.segments:
        text = lanes.replaced(s.path, s.text, s.role, s.syntax)
        if text != s.text:
            changes[s.path[len(path) :]] = text
    for part in collector.uninspectable:
        lanes.note_uninspectable(part)
    return tree.replace(value, changes)
