"""Embeddings: `POST /v1/embeddings`.

Source: https://platform.openai.com/docs/api-reference/embeddings
"""

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json, StreamCodec, WireAnswer, WireRequest
from redoubt.surfaces.gateway.wire.openai_common import (
    PROTOCOL,
    SEALED,
    OpenAICodec,
    encode_event,
    end_user,
    error_body,
    read_head,
    read_list,
    read_object,
    read_usage,
)
from redoubt.surfaces.gateway.wire.openai_completions import read_input


class EmbeddingsCodec(OpenAICodec):
    """`openai.embeddings`: texts go in, only numbers come out, so a denial can only be an error."""

    api = "openai.embeddings"
    can_refuse = False

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:  # noqa: ARG002
        """See `WireCodec.read_request`; there is no streaming, whatever is asked."""
        collector = Collector(PROTOCOL, sealed=SEALED)
        request = read_object(body, collector, "")
        name, _ = read_head(request, collector, model)
        read_input(collector, request.get("input"), "/input")
        collector.rest(request, "", Role.USER, Trust.USER, ("input", "model", "stream"))
        return WireRequest(
            body, tuple(collector.segments), name, False, tuple(collector.uninspectable), end_user(request)
        )

    def read_answer(self, body: Json) -> WireAnswer:
        """See `WireCodec.read_answer`; a vector (numbers or base64) is no text."""
        collector = Collector(PROTOCOL, wrong_answer, {*SEALED, "embedding"})
        answer = read_object(body, collector, "")
        role, trust = Role.ASSISTANT, Trust.MODEL
        for i, item in enumerate(read_list(answer.get("data"), collector, "/data")):
            place = f"/data/{i}"
            vector = read_object(item, collector, place)
            numbers = vector.get("embedding")
            known = ("embedding",) if _is_vector(numbers) else ()
            collector.rest(vector, place, role, trust, known)
        collector.rest(answer, "", role, trust, ("data",))
        return WireAnswer(body, tuple(collector.segments), (), read_usage(answer.get("usage")))

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:  # noqa: ARG002
        """Return the error for a denial (to be sent with status 400): see `WireCodec.can_refuse`."""
        return error_body(400, text, "content_filter")

    def refusal_stream(self, request: WireRequest, text: str, *, exchange: str, now: float) -> bytes:  # noqa: ARG002
        """Return the error for a denial as an event: there are no streamed embeddings."""
        return encode_event(error_body(400, text, "content_filter"))

    def stream(self, request: WireRequest) -> StreamCodec:  # noqa: ARG002
        """Raise UpstreamError: there are no streamed embeddings."""
        raise UpstreamError("the provider streamed an answer that cannot be streamed")


def _is_vector(value: Json) -> bool:
    return type(value) is list and all(type(number) is float or type(number) is int for number in value)
