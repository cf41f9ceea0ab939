"""What a request's head says, read in one pass; and its body, within bounds of size and time."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

from redoubt.domain.errors import CallerGoneError, InputError
from redoubt.domain.settings import UpstreamKind
from redoubt.pipeline.upstream import Headers
from redoubt.surfaces.gateway.asgi import Receive
from redoubt.surfaces.gateway.problems import NotServedError

_FORWARDED = frozenset({b"accept", b"user-agent", b"idempotency-key", b"x-client-request-id"})
_FORWARDED_PREFIXES = (b"anthropic-", b"openai-", b"x-stainless-", b"x-goog-")
"""Headers that providers document, by name or prefix. Others stay here: what a company's own proxies add
(``x-forwarded-user``, cookies) is nothing for a provider."""
_CREDENTIALS = frozenset({b"authorization", b"x-api-key", b"x-goog-api-key"})
_SESSION = re.compile(r"[A-Za-z0-9._:@-]{1,128}")
KEY_MARK = "rdt_"
"""How a key of ours begins."""


@dataclass(slots=True)
class Head:
    """A request's head as far as it concerns us."""

    credentials: list[str]
    forwarded: Headers
    session: str = ""
    content_type: bytes = b""
    length: int | None = None
    encoded: bool = False
    """The body has a content coding."""
    end_user: str = ""
    """Whom the application says it acts for (``x-redoubt-end-user``)."""
    forwarded_for: tuple[str, ...] = ()
    """``x-forwarded-for``, as it came; believed only of the operator's own proxies."""
    traceparent: bytes = b""
    """W3C Trace Context of the caller."""
    speaks: UpstreamKind | None = None
    """Whose client the caller is, where its headers say so: providers share some paths."""


def read_head(headers: Iterable[tuple[bytes, bytes]]) -> Head:
    """Read the headers (names in lower case, as ASGI has them).

    Raises InputError for a bad session or length.
    """
    forwarded: list[tuple[str, str]] = []
    head = Head([], ())
    for name, value in headers:
        if name in _CREDENTIALS:
            _credential(head, name, value)
            if name == b"x-goog-api-key":
                head.speaks = UpstreamKind.GEMINI
        elif name == b"content-type":
            head.content_type = value
        elif name == b"content-length":
            head.length = _length(value)
        elif name == b"content-encoding":
            head.encoded = value.strip().lower() not in (b"", b"identity")
        elif name == b"traceparent":
            head.traceparent = value
        elif name == b"x-redoubt-session":
            head.session = _session(value)
        elif name == b"x-redoubt-end-user":
            head.end_user = value.decode("utf-8", "surrogateescape").strip()
        elif name == b"x-forwarded-for":
            head.forwarded_for += (value.decode("latin-1"),)
        elif name in _FORWARDED or name.startswith(_FORWARDED_PREFIXES):
            forwarded.append((name.decode("latin-1"), value.decode("latin-1")))
            if name == b"anthropic-version":
                head.speaks = UpstreamKind.ANTHROPIC
    forwarded.append(("content-type", "application/json"))
    head.forwarded = tuple(forwarded)
    return head


def credential(head: Head) -> str:
    """Return the one credential to ask identity about: a key of ours where one is there, else the first."""
    for value in head.credentials:
        if value.startswith(KEY_MARK):
            return value
    return head.credentials[0] if head.credentials else ""


async def read_body(
    receive: Receive, head: Head, *, limit: int, timeout: float, is_here: bool = False
) -> bytes:
    """Read the whole body; ``is_here`` says that nothing of it is still on its way.

    Raises InputError for one that is too large or too slow, NotServedError for a media type that is not JSON,
    CallerGoneError where the caller hangs up.
    """
    _expect_json(head)
    if head.length is not None and head.length > limit:
        raise _too_large(limit)
    if is_here:
        return await _read(receive, limit)
    try:
        async with asyncio.timeout(timeout):
            return await _read(receive, limit)
    except TimeoutError:
        message = f"the body did not arrive within {timeout:g} seconds"
        raise NotServedError(408, "request_timeout", message) from None


async def _read(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise CallerGoneError("the caller hung up before it had sent its request")
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        pieces.append(piece)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def read_form(receive: Receive, *, limit: int, timeout: float) -> bytes:
    """Read the few bytes of a form. Raises as `read_body`."""
    try:
        async with asyncio.timeout(timeout):
            return await _read(receive, limit)
    except TimeoutError:
        message = f"the form did not arrive within {timeout:g} seconds"
        raise NotServedError(408, "request_timeout", message) from None


def _expect_json(head: Head) -> None:
    media_type = head.content_type.split(b";", 1)[0].strip().lower()
    if media_type != b"application/json" and not media_type.endswith(b"+json"):
        raise NotServedError(415, "unsupported_media_type", "the body must be sent as application/json")
    if head.encoded:
        raise NotServedError(415, "unsupported_content_encoding", "the body must be sent without compression")


def _too_large(limit: int) -> InputError:
    return InputError(f"the body is larger than the limit of {limit} bytes", too_large=True)


def _credential(head: Head, name: bytes, value: bytes) -> None:
    text = value.decode("latin-1").strip()
    if name == b"authorization":
        scheme, _, text = text.partition(" ")
        text = text.strip() if scheme.lower() == "bearer" else ""
    if text:
        head.credentials.append(text)


def _length(value: bytes) -> int:
    if not value.isdigit() or len(value) > 18:
        raise InputError("the content-length header is not a number")
    return int(value)


def _session(value: bytes) -> str:
    text = value.decode("latin-1")
    if not _SESSION.fullmatch(text):
        raise InputError("x-redoubt-session must be 1 to 128 of the characters A-Z a-z 0-9 . _ : @ -")
    return text
