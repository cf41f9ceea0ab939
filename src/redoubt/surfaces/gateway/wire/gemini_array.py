"""The other form of Google's streams: one JSON array whose objects arrive one after the other.

Source: the answer of ``:streamGenerateContent`` without ``alt=sse``.
"""

import re

from redoubt.domain.errors import UpstreamError
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent
from redoubt.surfaces.gateway.wire.sse import MAX_EVENT_BYTES

_OUTSIDE = re.compile(rb'[{}"]').search
_INSIDE = re.compile(rb'["\\]').search


class ArrayParser:
    """Bytes in any pieces to events, as `redoubt.surfaces.gateway.wire.sse.EventParser` gives them; linear in the bytes."""

    __slots__ = ("_depth", "_escaped", "_kept", "_limit", "_quoted", "_size")

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._limit = max_event_bytes
        self._kept: list[bytes] = []
        self._size = 0
        self._depth = 0
        self._quoted = False
        self._escaped = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the objects that ``chunk`` completes. Raises UpstreamError for what is no array of objects."""
        events: list[ServerSentEvent] = []
        begin = at = 0
        while at < len(chunk):
            if self._escaped:
                self._escaped = False
                at += 1
                continue
            found = (_INSIDE if self._quoted else _OUTSIDE)(chunk, at)
            if found is None:
                break
            if self._depth == 0:
                self._between(chunk[begin : found.start()], chunk[found.start()])
                begin = found.start()
            at = found.end()
            if self._step(chunk[found.start()]):
                self._keep(chunk[begin:at])
                events.append(ServerSentEvent(b"".join(self._kept).decode("utf-8", "replace")))
                self._kept, self._size, begin = [], 0, at
        if self._depth:
            self._keep(chunk[begin:])
        else:
            self._between(chunk[begin:], None)
        return events

    def close(self) -> list[ServerSentEvent]:
        """Say that the bytes are over. Raises UpstreamError where an object is not complete."""
        if self._depth:
            raise UpstreamError("the provider's stream ended in the middle of an object")
        return []

    def _step(self, byte: int) -> bool:
        """Take one structural byte; tell whether it completes an object."""
        if byte == 0x22:
            self._quoted = not self._quoted
        elif byte == 0x5C:
            self._escaped = True
        elif byte == 0x7B:
            self._depth += 1
        else:
            self._depth -= 1
            return self._depth == 0
        return False

    def _between(self, between: bytes, then: int | None) -> None:
        if between.strip(b" \t\r\n[],") or then not in {None, 0x7B}:
            raise UpstreamError("the provider's stream is not a JSON array of objects")

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise UpstreamError(f"the provider sent a stream object of more than {self._limit} bytes")
        self._kept.append(piece)
