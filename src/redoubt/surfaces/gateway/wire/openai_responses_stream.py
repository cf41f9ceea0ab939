"""The streamed answer of the Responses API: typed events, each text first piece by piece and then whole, several times over.

Source: https://platform.openai.com/docs/api-reference/responses-streaming
"""

from collections.abc import Callable

import msgspec

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Syntax, Trust, Uninspectable, Usage
from redoubt.surfaces.gateway.wire import dataurl, tree
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json, Lanes, ServerSentEvent, WireRequest
from redoubt.surfaces.gateway.wire.openai_common import (
    PROTOCOL,
    SEALED,
    decode_event,
    drop_logprobs,
    encode_event,
    inspect_whole,
    is_constant,
    read_usage,
    spells,
)
from redoubt.surfaces.gateway.wire.openai_items import grows, read_item
from redoubt.surfaces.gateway.wire.openai_parts import read_part
from redoubt.surfaces.gateway.wire.openai_responses_events import (
    FINAL,
    GROWTHS,
    PARTS,
    error_event,
    number,
    part_place,
    place_of,
    response_object,
    rest_event,
)
from redoubt.surfaces.gateway.wire.openai_responses_outline import Outline

MAX_LANES = 5_000
"""Beyond this many texts in one answer the stream is broken off."""

_MODEL = (Role.ASSISTANT, Trust.MODEL)
_DELTA = frozenset({"delta", "logprobs"})
_WHOLE = frozenset({"response", "item", "part", "annotation", "logprobs"})


class _Kind(msgspec.Struct):
    type: str = ""


_kind = msgspec.json.Decoder(_Kind).decode


class _Lane:
    """One text of the answer on its way."""

    __slots__ = ("clone", "name", "open", "pieces", "stem")

    def __init__(self, stem: str) -> None:
        self.stem = stem
        self.clone: dict[str, Json] = {}  # its last delta event
        self.name = ""  # that event's name as a server-sent event
        self.pieces: list[str] = []  # as the provider sent them
        self.open = True


class ResponsesStream:
    """Events of one response.

    A lane is named by the place its text has in the final response object. Where the provider repeats a text that it sent in pieces,
    the caller gets what was released of it (`Lanes.released`); any other whole text is inspected by itself.
    """

    retractable = False

    def __init__(
        self, request: WireRequest, read_response: Callable[[Collector, dict[str, Json]], str]
    ) -> None:
        self.usage = Usage()
        self.chain = ""
        self._read_response = read_response
        self._model = request.model
        self._lanes: Lanes | None = None
        self._open: dict[int, dict[str, _Lane]] = {}  # by the output item they belong to
        self._count = 0
        self._said: dict[str, str] = {}  # texts that came in pieces and are complete: text to lane
        self._whole: dict[
            str, tuple[str, str]
        ] = {}  # texts that came at once: place to what came and was let pass
        self._begun = False
        self._next: int | None = None  # sequence number of the next event that is sent
        self._outline = Outline()

    def translate(self, event: ServerSentEvent, lanes: Lanes) -> bytes:
        """See `StreamCodec.translate`."""
        self._lanes = lanes
        if event.data == "[DONE]":
            return self.finish(lanes) + b"data: [DONE]\n\n"
        value = decode_event(event)
        kind = value.get("type", "error" if "error" in value else None)
        if type(kind) is not str:
            raise UpstreamError("the provider's stream must have the type of the event at /type")
        if not self._begun:
            self._begun = True
            if type(value.get("sequence_number")) is int:
                self._next = value["sequence_number"]
        stem, _, phase = kind.rpartition(".")
        if phase == "delta":
            return self._delta(stem, value, event.event, lanes)
        before = self._close(value, kind, stem, phase, lanes)
        value = self._complete(value, stem, phase, lanes)
        return before + self._send(value, event.event)

    def is_final(self, event: ServerSentEvent) -> bool:
        """See `StreamCodec.is_final`."""
        try:
            return _kind(event.data).type in FINAL
        except (msgspec.DecodeError, ValueError, RecursionError):
            return event.data == "[DONE]"

    def only_grows(self, event: ServerSentEvent) -> bool:
        """See `StreamCodec.only_grows`."""
        return '.delta"' in event.data

    def finish(self, lanes: Lanes) -> bytes:
        """See `StreamCodec.finish`."""
        return b"".join(self._end(place, lane, lanes) for place, lane in self._every_lane())

    def fail(self, message: str) -> bytes:
        """See `StreamCodec.fail`."""
        return self._new(error_event(message))

    def begin(self, exchange: str, now: float) -> None:
        """Set the response that `refuse` tells of, where the provider is not asked at all."""
        self._outline.response = response_object(f"resp_{exchange}", self._model, now)

    def refuse(self, text: str) -> bytes:
        """See `StreamCodec.refuse`."""
        parts = []
        if not self._begun:
            self._begun, self._next = True, 0
            response = self._outline.response or response_object("resp_redoubt", self._model, 0)
            self._outline.response = response
            parts = [
                self._new({"type": kind, "response": response})
                for kind in ("response.created", "response.in_progress")
            ]
        for place, lane in self._every_lane():
            if lane.open and self._lanes is not None and lane.stem in GROWTHS:
                parts.append(
                    self._new(self._outline.end_text(lane.stem, lane.clone, self._lanes.released(place)))
                )
        self._open.clear()
        return b"".join(parts) + b"".join(self._new(e) for e in self._outline.refuse(text, self._model))

    def _every_lane(self) -> list[tuple[str, _Lane]]:
        return [pair for item in self._open.values() for pair in item.items()]

    def _send(self, value: dict[str, Json], name: str) -> bytes:
        if self._next is not None and "sequence_number" in value:
            value["sequence_number"] = self._next
            self._next += 1
        return encode_event(value, name)

    def _new(self, value: dict[str, Json]) -> bytes:
        """Return the bytes of an event that is this side's own."""
        if self._next is not None:
            value = {**value, "sequence_number": self._next}
        return self._send(value, value["type"])

    def _delta(self, stem: str, value: dict[str, Json], name: str, lanes: Lanes) -> bytes:
        text = value.get("delta")
        if stem == "response.audio" and type(text) is str and dataurl.is_base64(text):
            lanes.note_uninspectable(Uninspectable("/audio", "audio"))
            return self._send(value, name)
        self._others(value, stem, lanes, _DELTA)
        if type(text) is dict:  # the output of a shell: both of its streams
            pieces = {
                k: self._piece(stem, value, v, name, lanes, k)
                if type(v) is str
                else inspect_whole(v, lanes, *_MODEL, "/delta")
                for k, v in text.items()
            }
            value["delta"] = pieces
            return b"" if any(text.values()) and not any(pieces.values()) else self._send(value, name)
        if type(text) is not str:
            if stem in GROWTHS:
                raise UpstreamError("the provider's stream must have a text at /delta")
            value["delta"] = inspect_whole(text, lanes, *_MODEL, "/delta")
            return self._send(value, name)
        out = value["delta"] = self._piece(stem, value, text, name, lanes)
        if value.get("logprobs") and (out != text or not spells(value["logprobs"], text)):
            value["logprobs"] = []
        return b"" if text and not out else self._send(value, name)

    def _piece(
        self, stem: str, value: dict[str, Json], text: str, name: str, lanes: Lanes, key: str = ""
    ) -> str:
        place, role, syntax = place_of(stem, value, key)
        item = self._open.setdefault(number(value, "output_index"), {})
        lane = item.get(place)
        if lane is None:
            self._count += 1
            if self._count > MAX_LANES:
                raise UpstreamError(f"the provider's answer has more than {MAX_LANES} texts")
            lane = item[place] = _Lane(stem)
        elif not lane.open:
            raise UpstreamError("the provider added to a text that it had ended")
        lane.pieces.append(text)
        lane.clone = value
        lane.name = name
        return lanes.feed(place, text, role, syntax) if text else ""

    def _close(self, value: dict[str, Json], kind: str, stem: str, phase: str, lanes: Lanes) -> bytes:
        """Return what is owed before an event that ends texts."""
        if kind in FINAL:
            return self.finish(lanes)
        if phase != "done":
            return b""
        item = self._open.get(number(value, "output_index"), {})
        if stem == "response.output_item":
            return b"".join(self._end(place, lane, lanes) for place, lane in item.items())
        if stem in PARTS:
            part = part_place(stem, value)
            places = [f"{part}/{key}" for key in ("text", "refusal", "transcript")]
        else:
            places = [place_of(stem, value, key)[0] for key in ("", "stdout", "stderr")]
        return b"".join(
            self._end(place, item[place], lanes) for place in dict.fromkeys(places) if place in item
        )

    def _end(self, place: str, lane: _Lane, lanes: Lanes) -> bytes:
        """Close a text; return what was held back of it, as one more delta."""
        if not lane.open:
            return b""
        lane.open = False
        self._said.setdefault("".join(lane.pieces), place)
        lane.pieces.clear()
        text = lanes.close(place)
        return self._send(rest_event(lane.clone, place, text), lane.name) if text else b""

    def _complete(self, value: dict[str, Json], stem: str, phase: str, lanes: Lanes) -> dict[str, Json]:
        """Return an event that is no delta with its texts as they may be said."""
        self._others(value, stem, lanes, _WHOLE)
        collector = Collector(PROTOCOL, wrong_answer, SEALED)
        if type(value.get("response")) is dict:
            return self._whole_response(value, collector, lanes)
        key, place = "", ""
        if stem == "response.output_item" and "item" in value:
            key, place = "item", f"/output/{number(value, 'output_index')}"
            read_item(collector, value["item"], place, _MODEL)
        elif stem in PARTS and type(value.get("part")) is dict:
            key, place = "part", part_place(stem, value)
            read_part(collector, value["part"], place, *_MODEL)
        elif "annotation" in value:
            count = number(value, "annotation_index")
            key, place = "annotation", f"{part_place('response.content_part', value)}/annotations/{count}"
            collector.everything(value[key], place, *_MODEL)
        for other in {"item", "part", "annotation", "response"} - {key}:
            collector.everything(value.get(other), f"/{other}", *_MODEL)
        value = self._apply(value, f"/{key}" if key else "", place, collector, lanes, blank=phase == "added")
        self._outline.follow(value, stem, phase)
        return value

    def _whole_response(self, value: dict[str, Json], collector: Collector, lanes: Lanes) -> dict[str, Json]:
        response = value["response"]
        for other in ("item", "part", "annotation"):
            if other in value:
                value[other] = inspect_whole(value[other], lanes, *_MODEL, f"/{other}")
        conversation = self._read_response(collector, response)
        name = response.get("id")
        self.chain = conversation or (name if type(name) is str else self.chain)
        if response.get("usage") is not None:
            self.usage = read_usage(response["usage"])
        value = self._apply(value, "/response", "", collector, lanes)
        self._outline.response = value["response"]
        return value

    def _others(self, value: dict[str, Json], stem: str, lanes: Lanes, known: frozenset[str]) -> None:
        """Inspect, in place, the members that hold a whole text: the one that a .done event repeats, and unknown ones."""
        growth = GROWTHS.get(stem)
        spelled = False
        for key, text in value.items():
            if key in known or is_constant(key, text):
                continue
            if growth is not None and key == growth.member and type(text) is str:
                place, role, syntax = place_of(stem, value)
                value[key] = out = self._repeat(place, text, role, syntax, lanes)
                spelled = out == text and spells(value.get("logprobs"), text)
            else:
                collector = Collector(PROTOCOL, wrong_answer, SEALED)
                role = Role.ASSISTANT if growth is None else growth.role
                collector.everything(text, tree.child("", key), role, Trust.MODEL)
                value[key] = self._apply({key: text}, "", "", collector, lanes)[key]
        if value.get("logprobs") and not spelled and known is _WHOLE:
            value["logprobs"] = []

    def _apply(
        self,
        value: dict[str, Json],
        at: str,
        place: str,
        collector: Collector,
        lanes: Lanes,
        *,
        blank: bool = False,
    ) -> dict[str, Json]:
        """Return ``value`` with its collected texts as they may be said; what is at ``at`` in it is at ``place`` in the response."""
        changes = {}
        for s in collector.segments:
            # what begins is empty: its text comes in pieces, and whole when it is done
            text = "" if blank and grows(s.path) else self._repeat(s.path, s.text, s.role, s.syntax, lanes)
            if text != s.text:
                inside = s.path.startswith(place) if place else True
                changes[at + s.path[len(place) :] if inside else s.path] = text
        for part in collector.uninspectable:
            lanes.note_uninspectable(part)
        result: dict[str, Json] = tree.replace(value, changes)
        drop_logprobs(result, changes, listed=True)
        return result

    def _repeat(self, place: str, text: str, role: Role, syntax: Syntax, lanes: Lanes) -> str:
        """Return what may be said of a whole text: what was released of it, if it came in pieces."""
        lane = self._said.get(text)
        if lane is not None:
            return lanes.released(lane)
        known = self._whole.get(place)
        if known is not None and known[0] == text:
            return known[1]
        out = lanes.replaced(place, text, role, syntax)
        self._whole[place] = (text, out)
        return out
