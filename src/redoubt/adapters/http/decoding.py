"""Decompression of a body that came compressed although that was not asked for (RFC 9110 section 8.4.1)."""

import zlib
from collections.abc import Iterator

from redoubt.adapters.http.bounds import BrokenReplyError
from redoubt.pipeline.upstream import Headers

_PIECE = 64 * 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS + 32
_RAW_DEFLATE = -zlib.MAX_WBITS


class Inflate:
    """Turns gzip or deflate into plain bytes, at most 64 KiB at once and ``limit`` in all."""

    def __init__(self, limit: int, *, raw_allowed: bool) -> None:
        self._limit = limit
        self._total = 0
        self._raw_allowed = raw_allowed
        self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Yield what ``data`` decompresses to.

        Raises BrokenReplyError for what is no gzip or deflate, or grows beyond the limit.
        """
        while data:
            if self._inflater.eof:
                raise BrokenReplyError("its compressed body goes on after its end")
            plain = self._inflate(data)
            data = self._inflater.unconsumed_tail or self._inflater.unused_data
            self._total += len(plain)
            if self._total > self._limit:
                raise BrokenReplyError("its body is larger than the limit once decompressed")
            if plain:
                self._raw_allowed = False
                yield plain

    def close(self) -> None:
        """Say that the body is over. Raises BrokenReplyError where the compressed data was not."""
        if not self._inflater.eof:
            raise BrokenReplyError("its compressed body was cut short")

    def _inflate(self, data: bytes) -> bytes:
        try:
            return self._inflater.decompress(data, _PIECE)
        except zlib.error:
            if not self._raw_allowed:
                raise BrokenReplyError("its compressed body is damaged") from None
        # "deflate" is zlib's format by the RFC, and bare deflate by the practice of some servers
        self._raw_allowed = False
        self._inflater = zlib.decompressobj(_RAW_DEFLATE)
        return self._inflate(data)


def decoder(headers: Headers, limit: int) -> Inflate | None:
    """Return what undoes the reply's content coding; None where it has none.

    Raises BrokenReplyError for a coding we do not know.
    """
    coding = ""
    for name, value in headers:
        if name == "content-encoding":
            coding = f"{coding},{value}" if coding else value
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return None
    if coding in ("gzip", "x-gzip", "deflate"):
        return Inflate(limit, raw_allowed=coding == "deflate")
    raise BrokenReplyError("it compressed the body in a way that was not asked for and cannot be read")
