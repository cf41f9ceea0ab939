"""One HTTP/1.1 reply, from bytes to head and body, without a socket (RFC 9112)."""

from collections import deque

import httptools

from redoubt.adapters.http.bounds import Bounds, BrokenReplyError

_NOT_HTTP = "it did not answer in HTTP/1.1"
_BODILESS = frozenset({204, 304})


class ReplyParser:
    """Takes what the server sends after one request; made anew for each, so that no state outlives a reply.

    llhttp, beneath httptools, is strict: a bare CR or LF, a folded header, a repeated content-length, or
    one beside a transfer-encoding is an error.
    """

    __slots__ = (
        "_bodiless",
        "_bounds",
        "_fault",
        "_framing",
        "_header_bytes",
        "_interim",
        "_llhttp",
        "_until_close",
        "buffered",
        "complete",
        "head_done",
        "headers",
        "pieces",
        "reusable",
        "status",
        "total",
        "touched",
    )

    def __init__(self, bounds: Bounds, *, bodiless: bool = False) -> None:
        self._bounds = bounds
        self._bodiless = bodiless
        """The request was HEAD."""
        self._llhttp = httptools.HttpResponseParser(self)
        self._fault = ""
        self._framing = 0
        self._header_bytes = 0
        self._interim = False
        self._until_close = False
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.pieces: deque[bytes] = deque()
        self.buffered = 0
        self.total = 0
        self.touched = False
        self.head_done = False
        self.complete = False
        self.reusable = False
        """The connection may carry another request once this reply is complete."""

    def feed(self, data: bytes) -> None:
        """Take ``data`` as received.

        Raises BrokenReplyError where it cannot be part of the reply to the one request.
        """
        if self.complete:
            self.reusable = False
            return
        self.touched = True
        self._framing += len(data)
        try:
            self._llhttp.feed_data(data)
        except httptools.HttpParserUpgrade:
            raise BrokenReplyError("it switched to another protocol unasked") from None
        except httptools.HttpParserError:
            if not self.complete:
                raise BrokenReplyError(self._fault or _NOT_HTTP) from None
            self.reusable = False  # bytes after the reply's end answer no request of ours
        if self._framing > self._bounds.max_head and not self.complete:
            raise BrokenReplyError("its headers or its framing are larger than the limit")

    def eof(self) -> None:
        """Take note that the server closed the connection.

        Raises BrokenReplyError where the reply is not complete by that.
        """
        self.reusable = False
        if self.complete:
            return
        if self.head_done and self._until_close:
            self.complete = True
        elif self.head_done:
            raise BrokenReplyError("it closed the connection before the end of the body")
        else:
            raise BrokenReplyError("it closed the connection before it answered", untouched=not self.touched)

    def take(self) -> bytes:
        """Return all body bytes that wait to be read; empty where none do."""
        if len(self.pieces) == 1:
            data = self.pieces.popleft()
        else:
            data = b"".join(self.pieces)
            self.pieces.clear()
        self.buffered = 0
        return data

    # What llhttp calls. An exception in one of these ends `feed_data` with HttpParserCallbackError.

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one header; those of trailers are counted and dropped (RFC 9110 section 6.5.1)."""
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes > self._bounds.max_head or len(self.headers) >= self._bounds.max_headers:
            self._refuse("its headers are larger or more than the limit")
        if not self.head_done:
            self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        """Settle how the body is framed (RFC 9112 section 6.3)."""
        status = self._llhttp.get_status_code()
        if 100 <= status < 200:
            self._interim = True
            self.headers.clear()
            return
        self.status = status
        self.head_done = True
        self._framing = 0
        lengths = codings = 0
        for name, value in self.headers:
            if name == "content-length":
                lengths += 1
            elif name == "transfer-encoding":
                codings += 1
                if value.lower() != "chunked":
                    self._refuse("it used a transfer coding other than chunked")
        if lengths + codings > 1:
            self._refuse("it framed the body in two ways")
        if self._bodiless or status in _BODILESS:
            self._bodiless = self.complete = True
        else:
            self._until_close = not lengths and not codings

    def on_body(self, body: bytes) -> None:
        """Keep one piece of the body."""
        if self.complete:
            return  # of a reply that must have none (HEAD, 204, 304): never reusable, see `on_message_complete`
        self._framing = 0
        size = len(body)
        self.total += size
        self.buffered += size
        if self.total > self._bounds.max_body:
            self._refuse("its body is larger than the limit; raise server.max_answer_bytes if that is meant")
        self.pieces.append(body)

    def on_message_complete(self) -> None:
        """Note the end of the body, or of an interim (1xx) answer."""
        if self._interim:
            self._interim = False
            return
        self.reusable = not self._until_close and not self._bodiless and self._llhttp.should_keep_alive()
        self.complete = True

    def on_message_begin(self) -> None:
        """Stop at a second reply: it answers no request of ours."""
        if self.complete:
            self._refuse("it sent more than one reply")

    def _refuse(self, reason: str) -> None:
        self._fault = reason
        raise BrokenReplyError(reason)
