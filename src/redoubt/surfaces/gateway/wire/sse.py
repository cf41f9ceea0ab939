"""Server-sent events, read incrementally and written (WHATWG HTML, section 9.2 "Server-sent events").

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from redoubt.domain.errors import UpstreamError
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent

MAX_EVENT_BYTES = 16 * 1024 * 1024
"""The largest event that is read; a Responses API stream ends with one that repeats the whole answer."""

_BOM = b"\xef\xbb\xbf"


class EventParser:
    """Bytes in any pieces to events; the events do not depend on where the pieces were cut.

    Differs from the standard in two ways that a relay needs: `ServerSentEvent.id` is the id written in that
    very event (not the last one seen), and `close` gives out a last event whose lines are complete but whose
    blank line is missing.
    """

    __slots__ = ("_data", "_event", "_id", "_limit", "_partial", "_size", "_skip_lf", "_start")

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._limit = max_event_bytes
        self._partial: list[bytes] = []  # pieces of the line whose end has not arrived
        self._data: list[str] = []
        self._event = ""
        self._id = ""
        self._size = 0  # bytes taken for the event that is being read
        self._skip_lf = False  # the last piece ended in CR, which a LF may follow
        self._start = True  # the first line is not complete: a byte order mark may lead it

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that ``chunk`` completes. Raises UpstreamError for an event beyond the limit."""
        if self._skip_lf and chunk:
            self._skip_lf = False
            if chunk[0] == 0x0A:
                chunk = chunk[1:]
        if not chunk:
            return []
        events: list[ServerSentEvent] = []
        for line in chunk.splitlines(keepends=True):
            last = line[-1]
            if last != 0x0A and last != 0x0D:
                self._grow(len(line))
                self._partial.append(line)
                break
            self._line(line, events)
        self._skip_lf = chunk[-1] == 0x0D
        return events

    def close(self) -> list[ServerSentEvent]:
        """Say that the bytes are over; return the event that lacks only its blank line, if there is one."""
        events: list[ServerSentEvent] = []
        self._dispatch(events)
        self._partial.clear()
        return events

    def _grow(self, amount: int) -> None:
        self._size += amount
        if self._size > self._limit:
            raise UpstreamError(f"the provider sent a stream event of more than {self._limit} bytes")

    def _line(self, line: bytes, events: list[ServerSentEvent]) -> None:
        self._grow(len(line))
        if self._partial:
            self._partial.append(line)
            line = b"".join(self._partial)
            self._partial.clear()
        if self._start:
            self._start = False
            line = line.removeprefix(_BOM)
        line = line.rstrip(b"\r\n")
        if not line:
            self._dispatch(events)
            return
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(_text(value))
        elif name == b"event":
            self._event = _text(value)
        elif name == b"id" and b"\0" not in value:
            self._id = _text(value)
        # `retry`, comments (an empty name) and unknown fields carry nothing for us.

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        if self._data:
            events.append(ServerSentEvent("\n".join(self._data), self._event, self._id))
            self._data = []
        self._event = self._id = ""
        self._size = 0


def _text(value: bytes) -> str:
    return (value[1:] if value[:1] == b" " else value).decode("utf-8", "replace")


def write(event: ServerSentEvent) -> bytes:
    """Return the bytes of ``event``; a reader gets equal data back (line ends in it become LF)."""
    lines = []
    if event.event:
        lines.append(f"event: {_one_line(event.event)}\n")
    if event.id:
        lines.append(f"id: {_one_line(event.id)}\n")
    text = event.data.replace("\r\n", "\n").replace("\r", "\n")
    lines.extend(f"data: {line}\n" for line in text.split("\n"))
    lines.append("\n")
    return "".join(lines).encode("utf-8", "replace")


def write_json(document: bytes, event: str = "") -> bytes:
    """Return the bytes of an event whose data is ``document``: encoded JSON without line breaks."""
    if event:
        return b"event: " + _one_line(event).encode("utf-8", "replace") + b"\ndata: " + document + b"\n\n"
    return b"data: " + document + b"\n\n"


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")
