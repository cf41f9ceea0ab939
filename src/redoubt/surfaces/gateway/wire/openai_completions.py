"""Legacy completions: `POST /v1/completions`.

Source: https://platform.openai.com/docs/api-reference/completions
"""

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json, StreamCodec, WireAnswer, WireRequest
from redoubt.surfaces.gateway.wire.openai_chat_stream import ChatStream
from redoubt.surfaces.gateway.wire.openai_common import (
    PROTOCOL,
    SEALED,
    OpenAICodec,
    end_user,
    read_bias,
    read_head,
    read_list,
    read_object,
    read_usage,
)


class CompletionsCodec(OpenAICodec):
    """`openai.completions`."""

    api = "openai.completions"

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:
        """See `WireCodec.read_request`."""
        collector = Collector(PROTOCOL, sealed=SEALED)
        request = read_object(body, collector, "")
        name, streamed = read_head(request, collector, model)
        read_input(collector, request.get("prompt"), "/prompt")
        collector.text(request.get("suffix"), "/suffix", Role.USER, Trust.USER)
        if "metadata" in request:
            collector.free(request["metadata"], "/metadata", Role.USER, Trust.USER)
        known = ("prompt", "suffix", "metadata", "model", "stream", "logit_bias")
        collector.rest(request, "", Role.USER, Trust.USER, known)
        read_bias(collector, request.get("logit_bias"))
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
        role, trust = Role.ASSISTANT, Trust.MODEL
        for i, choice in enumerate(read_list(answer.get("choices"), collector, "/choices")):
            place = f"/choices/{i}"
            choice = read_object(choice, collector, place)
            collector.text(choice.get("text"), f"{place}/text", role, trust)
            logprobs = choice.get("logprobs")
            if logprobs is not None and not spelled_out(logprobs, choice.get("text") or ""):
                collector.everything(logprobs, f"{place}/logprobs", role, trust)
            collector.rest(choice, place, role, trust, ("text", "logprobs"))
        collector.rest(answer, "", role, trust, ("choices",))
        return WireAnswer(
            body,
            tuple(collector.segments),
            tuple(collector.uninspectable),
            read_usage(answer.get("usage")),
        )

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:
        """See `WireCodec.refusal`."""
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": "content_filter"}
        return {
            "id": f"cmpl-{exchange}",
            "object": "text_completion",
            "created": int(now),
            "model": request.model,
            "choices": [choice],
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        }

    def refusal_stream(self, request: WireRequest, text: str, *, exchange: str, now: float) -> bytes:
        """See `WireCodec.refusal_stream`."""
        stream = CompletionsStream(request)
        stream.head = {**stream.head, "id": f"cmpl-{exchange}", "created": int(now)}
        return stream.refuse(text)

    def stream(self, request: WireRequest) -> StreamCodec:
        """See `WireCodec.stream`."""
        return CompletionsStream(request)


class CompletionsStream(ChatStream):
    """Chunks of a completion: the text stands in the choice itself, there is no delta."""

    _member = "text"
    _object = "text_completion"

    def _delta(self, text: str) -> dict[str, Json]:
        return {"text": text}

    def _fragment(self, choice: dict[str, Json]) -> dict[str, Json] | None:
        text = choice.get("text")
        if text is None:
            return None
        if type(text) is not str:
            raise UpstreamError("the provider's stream must have a text at /choices/text")
        return {"content": text}

    def _put(self, choice: dict[str, Json], delta: dict[str, Json] | None) -> None:
        choice["text"] = delta["content"] if delta else ""

    def _clear(self, choice: dict[str, Json]) -> None:
        choice["text"] = ""

    def _grown(self, delta: dict[str, Json]) -> dict[str, Json]:
        return {"text": delta["content"]}

    def _spelled(self, logprobs: Json, delta: dict[str, Json]) -> bool:
        return spelled_out(logprobs, delta["content"])


def read_input(collector: Collector, value: Json, path: str) -> None:
    """Take a prompt or an input to embed: a text, texts, tokens, or lists of tokens (whose text we cannot see)."""
    role, trust = Role.USER, Trust.USER
    if type(value) is str:
        collector.add(value, path, role, trust)
        return
    tokens = False
    for i, item in enumerate(read_list(value, collector, path)):
        if type(item) is str:
            collector.add(item, f"{path}/{i}", role, trust)
        elif type(item) is int:
            tokens = True
        elif type(item) is list and all(type(token) is int for token in item):
            collector.opaque(f"{path}/{i}", "tokens")
        else:
            collector.wrong(f"{path}/{i}", "a text or tokens")
    if tokens:
        collector.opaque(path, "tokens")


def spelled_out(logprobs: Json, text: str) -> bool:
    """Tell whether the older form of log probabilities has just the tokens that make up ``text``."""
    if type(logprobs) is not dict or not logprobs.keys() <= {
        "tokens",
        "token_logprobs",
        "top_logprobs",
        "text_offset",
    }:
        return False
    try:
        return "".join(logprobs.get("tokens") or ()) == text
    except TypeError:
        return False
