"""The head of a request: what is sent, what never is."""

import re

from redoubt.domain.errors import InputError
from redoubt.pipeline.upstream import Headers

OURS = frozenset(
    {
        # the client writes these itself
        "host", "content-length", "accept-encoding",
        # hop-by-hop (RFC 9110 section 7.6.1) and what would change the framing
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
        # credentials: the caller's are for us, the server's are the operator's
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie",
    }
)  # fmt: skip
"""Names that a caller's headers may not set."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-zA-Z-]+")
"""A token (RFC 9110 section 5.6.2)."""
FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What may not stand in a value (RFC 9110 section 5.5)."""
_TARGET = re.compile(r"/[\x21\x24-\x7e]*")
"""Path and query: visible ASCII without ``"`` and ``#``."""


def render_fixed(host: str, fixed: Headers) -> bytes:
    """Return the header lines that are the same for every request to a server."""
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
        if not _NAME.fullmatch(name) or FORBIDDEN.search(value):
            raise InputError("a request header holds characters that are not allowed there")
        if name.lower() not in OURS:
            lines.append(f"{name}: {value}\r\n")
    if length or method not in ("GET", "HEAD", "DELETE"):
        lines.append(f"content-length: {length}\r\n")
    try:
        return "".join(lines).encode("latin-1") + fixed + b"\r\n"
    except UnicodeEncodeError:
        raise InputError("a request header holds characters outside ISO 8859-1") from None
