"""The head of our answers: what is passed on of the provider's, and what we add."""

from redoubt.pipeline.upstream import Headers
from redoubt.surfaces.gateway.asgi import NO_STORE, RawHeaders

_PASSED = frozenset(
    {"request-id", "x-request-id", "retry-after", "retry-after-ms", "x-should-retry", "x-redoubt-simulated"}
)
_PASSED_PREFIXES = ("openai-", "anthropic-", "x-ratelimit-")
"""Headers that the providers' SDKs read."""


def passed_on(headers: Headers) -> RawHeaders:
    """Return the provider's headers that callers may rely on."""
    return tuple(
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in headers
        if name in _PASSED or name.startswith(_PASSED_PREFIXES)
    )


def ours(exchange: str, decision: str) -> RawHeaders:
    """Return the headers that every answer has."""
    return (
        (b"x-redoubt-exchange", exchange.encode("ascii")),
        (b"x-redoubt-decision", decision.encode("ascii")),
        NO_STORE,
    )


def header(headers: Headers, name: str) -> str:
    """Return the value of a header, empty where it is missing."""
    return next((value for key, value in headers if key == name), "")
