"""A streamed answer of Anthropic's Messages API.

Source: https://docs.anthropic.com/en/api/messages-streaming
"""

from dataclasses import dataclass

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Syntax, Trust, Usage
from redoubt.surfaces.gateway.wire import sse
from redoubt.surfaces.gateway.wire.anthropic_blocks import PROTOCOL, block, members
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json, Lanes, ServerSentEvent, tokens
from redoubt.surfaces.gateway.wire.pieces import Whole, decode_event, encode

MAX_BLOCKS = 10_000


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of delta: where its text stands, and how it is to be read."""

    delta: str
    member: str
    role: Role = Role.ASSISTANT
    syntax: Syntax = Syntax.PLAIN


_DELTAS = {
    kind.delta: kind
    for kind in (
        _Kind("text_delta", "text"),
        _Kind("thinking_delta", "thinking"),
        _Kind("compaction_delta", "content"),
        _Kind("input_json_delta", "partial_json", Role.TOOL_CALL, Syntax.JSON),
    )
}
_STARTS = {"text": _DELTAS["text_delta"], "thinking": _DELTAS["thinking_delta"]}


class AnthropicStream:
    """One streamed answer on its way to the caller."""

    retractable = False

    def __init__(self, model: str, exchange: str = "") -> None:
        self.usage = Usage()
        self.chain = ""
        self._model = model
        self._exchange = exchange
        self._started = False
        self._ended = False
        self._blocks = 0
        self._open: dict[int, dict[str, tuple[_Kind, str]]] = {}
        self._closed = 0
        self._whole = Whole(PROTOCOL, wrong_answer)

    def translate(self, event: ServerSentEvent, lanes: Lanes) -> bytes:
        """Return the bytes for ``event``."""
        value = decode_event(event.data)
        match value.get("type"):
            case "content_block_delta":
                return self._delta(event, value, lanes)
            case "content_block_start":
                changed = self._block_start(value, lanes)
            case "content_block_stop":
                index = self._index(value)
                return self._close(index, lanes) + self._stop(event, index)
            case "message_start":
                changed = self._message_start(value, lanes)
            case "message_delta":
                self.usage = read_usage(value.get("usage"), self.usage)
                changed = self._other(value, lanes)
            case "message_stop":
                return self.finish(lanes) + _rewrite(event, value, self._other(value, lanes))
            case str():
                changed = self._other(value, lanes)
            case _:
                wrong_answer("/type", "a string")
        return _rewrite(event, value, changed)

    def is_final(self, event: ServerSentEvent) -> bool:
        """Tell whether ``event`` is the last of the message, or an error."""
        if '"message_stop"' not in event.data and '"error"' not in event.data:
            return False
        return decode_event(event.data).get("type") in ("message_stop", "error")

    def only_grows(self, event: ServerSentEvent) -> bool:
        """Tell whether ``event`` adds to a block."""
        return '"content_block_delta"' in event.data

    def finish(self, lanes: Lanes) -> bytes:
        """Return what lanes that were left open still hold, each block ended."""
        owed = []
        for index in sorted(self._open):
            owed += [self._close(index, lanes), _event({"type": "content_block_stop", "index": index})]
        self._open.clear()
        return b"".join(owed)

    def refuse(self, text: str) -> bytes:
        """Close what is open, say ``text`` in a block of its own, and stop with "refusal".

        After the final event, what is returned takes the place of what was returned for that event.
        """
        if self._ended:
            return b""
        said: list[Json] = []
        if not self._started:
            said.append({"type": "message_start", "message": refusal_message(self._model, self._exchange)})
        said.extend({"type": "content_block_stop", "index": index} for index in sorted(self._open))
        at = self._blocks
        said += [
            {"type": "content_block_start", "index": at, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": at, "delta": {"type": "text_delta", "text": text}},
            {"type": "content_block_stop", "index": at},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "refusal", "stop_sequence": None},
                "usage": {"output_tokens": self.usage.output_tokens or 0},
            },
            {"type": "message_stop"},
        ]
        self._open.clear()
        self._ended = self._started = True
        return b"".join(map(_event, said))

    def fail(self, message: str) -> bytes:
        """Return the protocol's error event."""
        self._ended = True
        return _event({"type": "error", "error": {"type": "api_error", "message": message}})

    def _message_start(self, value: dict[str, Json], lanes: Lanes) -> Json:
        message = value.get("message")
        if type(message) is not dict:
            wrong_answer("/message", "an object")
        if self._started:
            raise UpstreamError("the provider began a second message in one stream")
        self._started = True
        begun = message.get("content")
        self._blocks = len(begun) if type(begun) is list else 0
        self.usage = read_usage(message.get("usage"), self.usage)
        return self._other(value, lanes)

    def _block_start(self, value: dict[str, Json], lanes: Lanes) -> Json:
        if not self._started:
            raise UpstreamError("the provider's stream does not begin with a message_start")
        index, begun = value.get("index"), value.get("content_block")
        if type(index) is not int or not 0 <= index < MAX_BLOCKS or index < self._blocks:
            wrong_answer("/index", "the index of a new block")
        if type(begun) is not dict:
            wrong_answer("/content_block", "an object")
        self._blocks = max(self._blocks, index + 1)
        self._open[index] = {}
        kind = _STARTS.get(str(begun.get("type")))
        text = begun.get(kind.member) if kind is not None else None
        if kind is None or type(text) is not str or not text:
            changed = self._whole.through(begun, lanes, _read_block, f"/content/{index}")
        else:
            released = self._feed(index, kind, text, lanes)
            bare = self._whole.through(begun | {kind.member: ""}, lanes, _read_block, f"/content/{index}")
            changed = (
                begun
                if released == text and bare[kind.member] == "" and len(begun) == 2
                else bare | {kind.member: released}
            )
        return value if changed is begun else value | {"content_block": changed}

    def _delta(self, event: ServerSentEvent, value: dict[str, Json], lanes: Lanes) -> bytes:
        index, delta = self._index(value), value.get("delta")
        if type(delta) is not dict or type(delta.get("type")) is not str:
            wrong_answer("/delta", "an object with a type")
        kind = _DELTAS.get(delta["type"])
        if kind is None:
            owed = self._close(index, lanes) if delta["type"] == "signature_delta" else b""
            changed = self._whole.through(delta, lanes, _read_block, f"/content/{index}")
            return owed + _rewrite(event, value, value if changed is delta else value | {"delta": changed})
        text = delta.get(kind.member)
        if type(text) is not str:
            if text is None:
                return _rewrite(event, value, self._other(value, lanes))
            wrong_answer(f"/delta/{kind.member}", "a string")
        released = self._feed(index, kind, text, lanes)
        if released == text and len(delta) == 2:
            return sse.write(event)
        rest = self._whole.through(delta | {kind.member: ""}, lanes, _read_block, f"/content/{index}")
        if not released and len(delta) == 2:
            return b""
        return _rewrite(event, value, value | {"delta": rest | {kind.member: released}})

    def _feed(self, index: int, kind: _Kind, text: str, lanes: Lanes) -> str:
        opened = self._open[index].get(kind.delta)
        if opened is None:
            opened = self._open[index][kind.delta] = (kind, f"/content/{index}/{kind.member}~{self._closed}")
        return lanes.feed(opened[1], text, kind.role, kind.syntax)

    def _index(self, value: dict[str, Json]) -> int:
        index = value.get("index")
        if type(index) is not int or index not in self._open:
            wrong_answer("/index", "the index of an open block")
        return index

    def _close(self, index: int, lanes: Lanes) -> bytes:
        """End the texts of a block; return what was held back of them, as deltas."""
        owed = []
        for kind, lane in self._open[index].values():
            self._closed += 1
            rest = lanes.close(lane)
            if rest:
                delta = {"type": kind.delta, kind.member: rest}
                owed.append(_event({"type": "content_block_delta", "index": index, "delta": delta}))
        self._open[index] = {}
        return b"".join(owed)

    def _stop(self, event: ServerSentEvent, index: int) -> bytes:
        del self._open[index]
        return sse.write(event)

    def _other(self, value: dict[str, Json], lanes: Lanes) -> Json:
        return self._whole.through(value, lanes, _read_members)


def refusal_message(model: str, exchange: str) -> dict[str, Json]:
    """Return a message of our own that says nothing yet."""
    return {
        "id": f"msg_{exchange or 'refused'}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }


def read_usage(value: Json, before: Usage) -> Usage:
    """Return the tokens in a ``usage`` object; what it does not say is as ``before``.

    Tokens read from or written to the prompt cache are input tokens that Anthropic counts apart.
    """
    if value is None:
        return before
    if type(value) is not dict:
        wrong_answer("/usage", "an object")
    asked, said = tokens(value.get("input_tokens")), tokens(value.get("output_tokens"))
    if asked is not None:
        asked += sum(tokens(value.get(f"cache_{what}_input_tokens")) or 0 for what in ("read", "creation"))
    return Usage(
        before.input_tokens if asked is None else asked,
        before.output_tokens if said is None else said,
    )


def _read_block(c: Collector, value: Json) -> None:
    block(c, value, "", Role.ASSISTANT, Trust.MODEL)


def _read_members(c: Collector, value: Json) -> None:
    members(c, value, "", Role.ASSISTANT, Trust.MODEL, ("usage",))


def _rewrite(event: ServerSentEvent, value: Json, changed: Json) -> bytes:
    return sse.write(event) if changed is value else sse.write_json(encode(changed), event.event)


def _event(value: Json) -> bytes:
    return sse.write_json(encode(value), value["type"])
