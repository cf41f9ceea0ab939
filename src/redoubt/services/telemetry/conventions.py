"""The names that OpenTelemetry gives things: the one place that knows them.

Pinned to version 1.37.0 of the semantic conventions for generative AI, whose status is "development"
(https://github.com/open-telemetry/semantic-conventions/tree/v1.37.0/docs/gen-ai). What they have no name for is called ``redoubt.*``.
Attributes that would hold what was said (``gen_ai.input.messages`` and its like) are never made.
"""

import re
from collections.abc import Mapping

from redoubt.services.telemetry.interface import Seen

SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0"
SCOPE = "redoubt"

TOKEN_USAGE = ("gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.")
TOKEN_BOUNDS = tuple(float(4**n) for n in range(14))
"""1, 4, 16, ... 67,108,864, as the conventions say."""
DURATION = ("gen_ai.client.operation.duration", "s", "GenAI operation duration.")
DURATION_BOUNDS = tuple(0.01 * 2**n for n in range(14))
"""0.01, 0.02, 0.04, ... 81.92, as the conventions say."""

Value = str | int | float | bool | tuple[str, ...]
Attributes = Mapping[str, Value]

_PROVIDERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "gcp.gemini",
    "practice": "redoubt.practice",
}
_OPERATIONS = {
    "openai.completions": "text_completion",
    "openai.embeddings": "embeddings",
    "gemini.embed": "embeddings",
    "gemini.generate": "generate_content",
}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}")
OTHER = "other"


def word(value: str) -> str:
    """Return ``value`` where it looks like a name (of a model, a reason), ``other`` where it is anything else: it came from a caller."""
    return value if not value or _WORD.fullmatch(value) else OTHER


def operation(seen: Seen) -> str:
    """Return the conventions' word for what was done."""
    return _OPERATIONS.get(seen.api, "chat")


def span_name(seen: Seen) -> str:
    """Return the name of a span: operation and model."""
    return f"{operation(seen)} {word(seen.model)}".rstrip()


def failed(seen: Seen) -> str:
    """Return the class of error that an exchange ended with, empty where it ended well. A refusal by policy is no error."""
    return str(seen.status) if not 100 <= seen.status < 400 and seen.decision != "deny" else ""


def common(seen: Seen) -> dict[str, Value]:
    """Return the attributes that spans and measures share."""
    return {
        "gen_ai.operation.name": operation(seen),
        "gen_ai.provider.name": _PROVIDERS.get(seen.provider, OTHER),
        "gen_ai.request.model": word(seen.model),
        **({"gen_ai.response.model": word(seen.response_model)} if seen.response_model else {}),
    }


def span_attributes(seen: Seen) -> dict[str, Value]:
    """Return all attributes of a span."""
    said: dict[str, Value | None] = {
        **common(seen),
        "gen_ai.response.finish_reasons": tuple(map(word, seen.finish_reasons)) or None,
        "gen_ai.usage.input_tokens": seen.input_tokens,
        "gen_ai.usage.output_tokens": seen.output_tokens,
        "error.type": failed(seen) or None,
        "http.response.status_code": seen.status or None,
        "redoubt.exchange.id": seen.exchange,
        "redoubt.api": seen.api,
        "redoubt.upstream": seen.upstream or None,
        "redoubt.decision": seen.decision,
        "redoubt.policy": seen.policy or None,
        "redoubt.finding.categories": seen.categories or None,
        "redoubt.stream": seen.stream,
    }
    return {name: value for name, value in said.items() if value is not None}
