"""Whole answers of Google's generateContent family: their texts, tokens and errors, and an answer of our own."""

from redoubt.domain.exchange import Role, Trust, Usage
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.gemini_parts import content, members
from redoubt.surfaces.gateway.wire.interface import Json, tokens

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
    529: "UNAVAILABLE",
}
"""google.rpc.Code by HTTP status (https://cloud.google.com/apis/design/errors)."""
BESIDE = ("candidates", "usageMetadata", "usage_metadata")
"""What `read_around` leaves out."""


def status_name(status: int) -> str:
    """Return Google's canonical name for an HTTP status."""
    return STATUS_NAMES.get(status, "INTERNAL" if status >= 500 else "FAILED_PRECONDITION")


def refusal_answer(model: str, text: str, exchange: str) -> dict[str, Json]:
    """Return an answer of our own that refuses."""
    parts = [{"text": text}]
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "SAFETY", "index": 0}
    usage = {"promptTokenCount": 0, "candidatesTokenCount": 0, "totalTokenCount": 0}
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": model,
        "responseId": exchange or "refused",
    }


def read_usage(body: dict[str, Json], before: Usage) -> Usage:
    """Return the tokens in ``usageMetadata``; thoughts count as output. What it does not say is as ``before``."""
    value = body.get("usageMetadata", body.get("usage_metadata"))
    if value is None:
        return before
    if type(value) is not dict:
        wrong_answer("/usageMetadata", "an object")
    asked = tokens(value.get("promptTokenCount", value.get("prompt_token_count")))
    said = tokens(value.get("candidatesTokenCount", value.get("candidates_token_count")))
    thought = tokens(value.get("thoughtsTokenCount", value.get("thoughts_token_count")))
    if thought is not None:  # also where the answer ended before it came to a word
        said = thought + (said or 0)
    return Usage(
        before.input_tokens if asked is None else asked,
        before.output_tokens if said is None else said,
    )


def read_chunk(c: Collector, body: dict[str, Json]) -> None:
    """Find the text in a whole answer."""
    candidates = body.get("candidates")
    if candidates is not None and type(candidates) is not list:
        c.wrong("/candidates", "a list")
    for i, candidate in enumerate(candidates or ()):
        path = f"/candidates/{i}"
        if type(candidate) is not dict:
            c.wrong(path, "an object")
        content(c, candidate.get("content"), f"{path}/content", Role.ASSISTANT, Trust.MODEL)
        members(c, candidate, path, Role.ASSISTANT, Trust.MODEL, ("content",))
    read_around(c, body)


def read_around(c: Collector, value: Json) -> None:
    """Take what an answer says beside its candidates."""
    members(c, value, "", Role.ASSISTANT, Trust.MODEL, BESIDE)
