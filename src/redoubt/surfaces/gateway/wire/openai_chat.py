"""Chat completions: `POST /v1/chat/completions`, OpenAI's and those of compatible servers.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json, StreamCodec, WireAnswer, WireRequest
from redoubt.surfaces.gateway.wire.openai_chat_stream import ChatStream
from redoubt.surfaces.gateway.wire.openai_common import (
    PROTOCOL,
    ROLES,
    SEALED,
    OpenAICodec,
    encode_event,
    end_user,
    read_bias,
    read_head,
    read_list,
    read_object,
    read_usage,
    spells,
)
from redoubt.surfaces.gateway.wire.openai_parts import (
    read_content,
    read_function_call,
    read_tool_calls,
    read_tools,
)

_TOP = frozenset(
    {
        "messages",
        "model",
        "stream",
        "tools",
        "functions",
        "response_format",
        "prediction",
        "metadata",
        "logit_bias",
    }
)
_MESSAGE = frozenset({"role", "content", "tool_calls", "function_call", "audio"})
_SIMPLE = frozenset({"role", "content"})
_NOBODY = (Role.USER, Trust.USER)


class ChatCodec(OpenAICodec):
    """`openai.chat`."""

    api = "openai.chat"

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:
        """See `WireCodec.read_request`."""
        collector = Collector(PROTOCOL, sealed=SEALED)
        request = read_object(body, collector, "")
        name, streamed = read_head(request, collector, model)
        messages = request.get("messages")
        if type(messages) is not list:
            collector.wrong("/messages", "a list of messages")
        for i, message in enumerate(messages):
            _read_message(collector, message, f"/messages/{i}")
        if len(request) > 2:
            _read_settings(collector, request)
        return WireRequest(
            body,
            tuple(collector.segments),
            name,
            streamed or stream,
            tuple(collector.uninspectable),
            end_user(request),
        )

    def read_answer(self, body: Json) -> WireAnswer:
        """See `WireCodec.read_answer`."""
        collector = Collector(PROTOCOL, wrong_answer, SEALED)
        answer = read_object(body, collector, "")
        for i, choice in enumerate(read_list(answer.get("choices"), collector, "/choices")):
            _read_choice(collector, read_object(choice, collector, f"/choices/{i}"), f"/choices/{i}")
        collector.rest(answer, "", Role.ASSISTANT, Trust.MODEL, ("choices",))
        return WireAnswer(
            body,
            tuple(collector.segments),
            tuple(collector.uninspectable),
            read_usage(answer.get("usage")),
        )

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:
        """See `WireCodec.refusal`."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "content_filter"}
        return {
            "id": f"chatcmpl-{exchange}",
            "object": "chat.completion",
            "created": int(now),
            "model": request.model,
            "choices": [choice],
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        }

    def refusal_stream(self, request: WireRequest, text: str, *, exchange: str, now: float) -> bytes:
        """See `WireCodec.refusal_stream`."""
        head = {
            "id": f"chatcmpl-{exchange}",
            "object": "chat.completion.chunk",
            "created": int(now),
            "model": request.model,
        }
        stream = ChatStream(request)
        stream.head = head
        first = {
            "index": 0,
            "delta": {"role": "assistant", "content": ""},
            "logprobs": None,
            "finish_reason": None,
        }
        return encode_event({**head, "choices": [first]}) + stream.refuse(text)

    def stream(self, request: WireRequest) -> StreamCodec:
        """See `WireCodec.stream`."""
        return ChatStream(request)


def _read_message(collector: Collector, message: Json, path: str) -> None:
    if type(message) is not dict:
        collector.wrong(path, "a message")
    name = message.get("role")
    if type(name) is not str:
        collector.wrong(f"{path}/role", "a role")
    role, trust = ROLES.get(name, _NOBODY)
    content = message.get("content")
    if type(content) is str:
        collector.add(content, f"{path}/content", role, trust)
    else:
        read_content(collector, content, f"{path}/content", role, trust)
    if message.keys() != _SIMPLE:
        _read_extras(collector, message, path, role, trust)


def _read_extras(collector: Collector, message: dict[str, Json], path: str, role: Role, trust: Trust) -> None:
    """Take what a message holds besides its content."""
    collector.text(message.get("refusal"), f"{path}/refusal", role, trust)
    if "tool_calls" in message:
        read_tool_calls(collector, message["tool_calls"], f"{path}/tool_calls")
    if message.get("function_call") is not None:
        read_function_call(collector, message["function_call"], f"{path}/function_call")
    if message.get("audio") is not None:
        place = f"{path}/audio"
        audio = read_object(message["audio"], collector, place)
        if audio.get("data") is None:  # an earlier answer by its id: it is at the provider
            collector.opaque(place, "audio")
        collector.encoded(audio.get("data"), f"{place}/data", "audio", role, trust)
        collector.rest(audio, place, role, trust, ("data",))
    collector.rest(message, path, role, trust, {*_MESSAGE, "refusal"})


def _read_settings(collector: Collector, request: dict[str, Json]) -> None:
    """Take the text outside the conversation."""
    for key in ("tools", "functions"):
        if key in request:
            read_tools(collector, request[key], f"/{key}")
    if "response_format" in request:
        place = "/response_format"
        collector.everything(request["response_format"], place, Role.TOOL_DEFINITION, Trust.OPERATOR)
    if request.get("prediction") is not None:
        prediction = read_object(request["prediction"], collector, "/prediction")
        read_content(collector, prediction.get("content"), "/prediction/content", Role.USER, Trust.USER)
        collector.rest(prediction, "/prediction", Role.USER, Trust.USER, ("content",))
    if "metadata" in request:
        collector.free(request["metadata"], "/metadata", Role.USER, Trust.USER)
    read_bias(collector, request.get("logit_bias"))
    collector.rest(request, "", Role.USER, Trust.USER, _TOP)


def _read_choice(collector: Collector, choice: dict[str, Json], path: str) -> None:
    message = read_object(choice.get("message"), collector, f"{path}/message")
    place = f"{path}/message"
    role, trust = Role.ASSISTANT, Trust.MODEL
    read_content(collector, message.get("content"), f"{place}/content", role, trust)
    _read_extras(collector, message, place, role, trust)
    logprobs = choice.get("logprobs")
    if logprobs is not None and not _repeats(logprobs, message):
        collector.everything(logprobs, f"{path}/logprobs", role, trust)
    collector.rest(choice, path, role, trust, ("message", "logprobs"))


def _repeats(logprobs: Json, message: dict[str, Json]) -> bool:
    """Tell whether the log probabilities say nothing but the message once more, so that they need no look of their own."""
    return type(logprobs) is dict and all(
        key in ("content", "refusal") and (value is None or spells(value, message.get(key) or ""))
        for key, value in logprobs.items()
    )
