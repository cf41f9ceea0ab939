"""The head of a request: what is sent, what never is."""

import re

from redoubt.domain.errors import ConfigError, InputError
from redoubt.domain.settings import UpstreamKind
from redoubt.pipeline.upstream import Headers

OURS = frozenset(
    {
        # the client writes these itself
        "host", "content-length", "accept-encoding",
        # hop-by-hop (RFC 9110 section 7.6.1) and what would change the framing
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
        # credentials: the caller's are for us, the provider's are the operator's
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie",
    }
)  # fmt: skip
"""Names that a caller's headers may not set."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-zA-Z-]+")
"""A token (RFC 9110 section 5.6.2)."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TARGET = re.compile(r"/[\x21\x24-\x7e]*")
"""Path and query: visible ASCII without ``"`` and ``#``."""


def credential(kind: UpstreamKind, api_key: str) -> Headers:
    """Return the header that carries the operator's key, as each provider documents it; none without a key.

    Raises ConfigError for a key that cannot stand in a header (a line break from a file is the usual cause).
    """
    if not api_key:
        return ()
    if _FORBIDDEN.search(api_key) or not api_key.isascii() or api_key != api_key.strip():
        raise ConfigError(
            "the upstream's api_key holds a line break, a space at an end or a non-ASCII character; store the bare key"
        )
    if kind is UpstreamKind.ANTHROPIC:
        return (("x-api-key", api_key),)
    if kind is UpstreamKind.GEMINI:
        return (("x-goog-api-key", api_key),)
    return (("authorization", f"Bearer {api_key}"),)


def render_fixed(host: str, fixed: Headers) -> bytes:
    """Return the header lines that are the same for every request to an upstream."""
    lines = [f"host: {host}\r\n", "accept-encoding: identity\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in fixed]
    return "".join(lines).encode("ascii")


def render_head(method: str, target: str, headers: Headers, length: int, fixed: bytes) -> bytes:
    """Return request line and headers.

    Raises InputError for what could end a line early or smuggle a second request.
    """
    if not _NAME.fullmatch(method) or not _TARGET.fullmatch(target):
        raise InputError("the request's method or path holds characters that are not allowed there")
    lines = [f"{method} {target} HTTP/1.1\r\n"]
    for name, value in headers:
        if not _NAME.fullmatch(name) or _FORBIDDEN.search(value):
            raise InputError("a request header holds characters that are not allowed there")
        if name.lower() not in OURS:
            lines.append(f"{name}: {value}\r\n")
    if length or method not in ("GET", "HEAD", "DELETE"):
        lines.append(f"content-length: {length}\r\n")
    try:
        return "".join(lines).encode("latin-1") + fixed + b"\r\n"
    except UnicodeEncodeError:
        raise InputError("a request header holds characters outside ISO 8859-1") from None
