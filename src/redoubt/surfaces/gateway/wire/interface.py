"""The shape of a wire codec.

A codec finds the text in a provider's message and writes changed text back to exactly the place it came from.
It never re-models the provider's API: what it does not know passes untouched. It is pure: no clock, no
network, no randomness of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from redoubt.domain.exchange import Role, Segment, Syntax, Uninspectable, Usage

Json = Any
"""A decoded JSON value."""


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A caller's request, understood as far as inspection needs it."""

    body: Json
    """As decoded; never modified in place."""
    segments: tuple[Segment, ...]
    """Every text surface, in the order of the conversation; `Segment.path` is unique."""
    model: str
    stream: bool = False
    uninspectable: tuple[Uninspectable, ...] = ()
    end_user: str = ""
    """The person the application names (`user`, `metadata.user_id`, ...), not yet trusted."""
    chain: str = ""
    """What ties this request to earlier ones kept by the provider (`previous_response_id`), else empty."""


NO_USAGE = Usage()
MOST_TOKENS = 10**12
"""Of one exchange. What says more is no count: an entry of the log holds numbers up to 2**53 (RFC 8785 section 3.2.2.3)."""


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """A provider's whole (not streamed) answer."""

    body: Json
    segments: tuple[Segment, ...]
    uninspectable: tuple[Uninspectable, ...] = ()
    usage: Usage = NO_USAGE
    chain: str = ""
    """The id by which a later request may refer to this answer, else empty."""


def tokens(value: Json) -> int | None:
    """Return a provider's count of tokens; None for what is no count."""
    return value if type(value) is int and 0 <= value <= MOST_TOKENS else None


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event of a stream (WHATWG HTML, server-sent events)."""

    data: str
    event: str = ""
    id: str = ""


class Lanes(Protocol):
    """The running inspection of a streamed answer.

    A lane is one text that grows: a choice's content, one tool call's arguments.
    """

    def feed(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        """Take what the provider added to ``lane``; return what may be released now (of any length)."""

    def close(self, lane: str) -> str:
        """Say that ``lane`` is complete; return the rest that was held back. The second time: nothing."""

    def released(self, lane: str) -> str:
        """Return all that was released of ``lane``: what a "done" event that repeats the text must say."""

    def replaced(self, lane: str, text: str, role: Role, syntax: Syntax) -> str:
        """Inspect a whole text that arrives at once, in no lane that was fed; return what may be released."""

    def note_uninspectable(self, part: Uninspectable) -> None:
        """Record a part that holds no text."""


class StreamCodec(Protocol):
    """One streamed answer on its way to the caller. Stateful; made anew for each answer."""

    usage: Usage
    """Filled in as the provider reports it."""
    chain: str
    """As in `WireAnswer`, once known."""

    @property
    def retractable(self) -> bool:
        """Tell whether `refuse` may take the place of what `translate` returned for the event at which the answer was denied.

        Else that is sent first: it holds nothing that was denied, and what begins or ends with it must not be missing.
        """

    def translate(self, event: ServerSentEvent, lanes: Lanes) -> bytes:
        """Return the bytes to send for ``event``, its texts passed through ``lanes``.

        When a lane ends, what `Lanes.close` returns is sent, as one more delta in the provider's form, before
        the event that ends it. Raises UpstreamError for an event that is not what the protocol says (broken
        JSON, wrong types).
        """

    def is_final(self, event: ServerSentEvent) -> bool:
        """Tell whether ``event`` ends the answer: the audit entry must be durable before it is sent."""

    def only_grows(self, event: ServerSentEvent) -> bool:
        """Tell, without reading all of it, whether ``event`` does no more than add to lanes: it closes none and brings no whole text.

        It may be wrong where a provider does what its protocol does not say: then an inspection takes place where it is not expected.
        """

    def finish(self, lanes: Lanes) -> bytes:
        """Return what is still owed now that the provider's stream is over (lanes left open)."""

    def refuse(self, text: str) -> bytes:
        """Deny the answer from here on: close what is open, say ``text``, end as content-filtered."""

    def fail(self, message: str) -> bytes:
        """Return the protocol's error event: the provider broke off."""


class WireCodec(Protocol):
    """One provider endpoint."""

    @property
    def api(self) -> str:
        """Name for the record, e.g. ``openai.chat``."""

    @property
    def can_refuse(self) -> bool:
        """Tell whether an answer of this endpoint can say a text; where not, a denial is `error` with status 400."""

    def read_request(self, body: Json, *, model: str = "", stream: bool = False) -> WireRequest:
        """Find the text in a request; ``model`` and ``stream`` where the URL says them (Gemini).

        Raises InputError (with the JSON pointer) for a body in which text could hide from us: wrong types
        where text belongs. Unknown members that hold strings are segments too (role of their surroundings),
        unless they are known to hold none.
        """

    def write_request(self, request: WireRequest, changes: Mapping[str, str]) -> Json:
        """Return the body with the segments at the paths in ``changes`` replaced; the rest is shared."""

    def read_answer(self, body: Json) -> WireAnswer:
        """Find the text in an answer. Raises UpstreamError where it is not what the protocol says."""

    def write_answer(self, answer: WireAnswer, changes: Mapping[str, str]) -> Json:
        """As `write_request`, for an answer."""

    def refusal(self, request: WireRequest, text: str, *, exchange: str, now: float) -> Json:
        """Return an ordinary answer that says ``text`` and ends with the content-filter finish reason."""

    def refusal_stream(self, request: WireRequest, text: str, *, exchange: str, now: float) -> bytes:
        """Return the same as a complete event stream."""

    def error(self, status: int, message: str, *, code: str = "") -> Json:
        """Return an error body in the provider's shape: its SDK raises its own exception for ``status``."""

    def stream(self, request: WireRequest) -> StreamCodec:
        """Return the codec for the streamed answer to ``request``."""
