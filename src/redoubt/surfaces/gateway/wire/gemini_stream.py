"""A streamed answer of Google's generateContent family: each chunk is a small answer whose texts continue the last one's."""

from redoubt.domain.exchange import Role, Syntax, Trust, Usage
from redoubt.surfaces.gateway.wire import sse
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.gemini_answer import (
    BESIDE,
    read_around,
    read_usage,
    refusal_answer,
    status_name,
)
from redoubt.surfaces.gateway.wire.gemini_parts import PROTOCOL, members, part
from redoubt.surfaces.gateway.wire.interface import Json, Lanes, ServerSentEvent
from redoubt.surfaces.gateway.wire.pieces import Whole, decode_event, encode

MAX_CANDIDATES = 1_000
_FINISH = ("finishReason", "finish_reason")


class _Lane:
    """A text of one candidate that grows: what it says, what it thinks, or a streamed argument of a call."""

    __slots__ = ("kind", "name", "template")

    def __init__(self, name: str, kind: str, template: dict[str, Json]) -> None:
        self.name = name
        self.kind = kind
        self.template = template


class GeminiStream:
    """One streamed answer on its way to the caller."""

    def __init__(self, model: str, *, array: bool = False, exchange: str = "") -> None:
        self.usage = Usage()
        self.chain = ""
        self._model = model
        self._exchange = exchange
        self._array = array
        self.retractable = not array
        self._begun = False
        self._ended = False
        self._before_final: bool | None = None  # whether anything was written before the final chunk
        self._lanes: dict[int, _Lane] = {}
        self._opened = 0
        self._seen: set[int] = set()
        self._running: set[int] = set()
        self._whole = Whole(PROTOCOL, wrong_answer)

    def translate(self, event: ServerSentEvent, lanes: Lanes) -> bytes:
        """Return the bytes for ``event``; an array ends with the final one, and what follows is left out."""
        if self._ended:
            return b""
        final = self.is_final(event)
        if final and self._before_final is None:
            self._before_final = self._begun
        written = self._chunk(event, lanes)
        return written + self._end() if final and self._array else written

    def _chunk(self, event: ServerSentEvent, lanes: Lanes) -> bytes:
        value = decode_event(event.data)
        self.usage = read_usage(value, self.usage)
        changed = self._whole.through(value, lanes, read_around)
        candidates = value.get("candidates")
        if candidates is None:
            return self._write(changed)
        if type(candidates) is not list:
            wrong_answer("/candidates", "a list")
        passed = [self._candidate(item, lanes) for item in candidates]
        kept = [item for item in passed if item is not None]
        if (
            candidates
            and not kept
            and not (value.keys() - {*BESIDE, "modelVersion", "responseId", "createTime"})
        ):
            return b""
        if len(kept) == len(candidates) and all(a is b for a, b in zip(kept, candidates, strict=True)):
            return self._write(changed)
        return self._write(changed | {"candidates": kept})

    def is_final(self, event: ServerSentEvent) -> bool:
        """Tell whether, with ``event``, every candidate seen so far is finished (or the prompt was blocked)."""
        if "inish" not in event.data and "lock" not in event.data and "error" not in event.data:
            return False
        value = decode_event(event.data)
        candidates = value.get("candidates")
        if type(candidates) is not list or not candidates:
            return "error" in value or _blocked(value)
        finished = {_index(item) for item in candidates if _finish(item)}
        return bool(finished) and not ((self._running | {_index(item) for item in candidates}) - finished)

    def only_grows(self, event: ServerSentEvent) -> bool:
        """Tell whether ``event`` finishes no candidate and calls no function."""
        return "inish" not in event.data and "unction" not in event.data and "error" not in event.data

    def finish(self, lanes: Lanes) -> bytes:
        """Return what is still held back of texts that never ended, and close the array."""
        owed = []
        for index in sorted(self._lanes):
            rest = self._close(index, lanes)
            if rest:
                said = {"content": {"role": "model", "parts": rest}, "index": index}
                owed.append(self._write({"candidates": [said]}))
        return b"".join(owed) + self._end()

    def refuse(self, text: str) -> bytes:
        """Say ``text`` and stop every candidate with "SAFETY".

        After the final chunk, what is returned takes the place of what was returned for that chunk.
        """
        if self._before_final is not None:
            self._begun, self._ended = self._before_final, False
        if self._ended:
            return b""
        said = refusal_answer(self._model, text, self._exchange)
        first = said["candidates"][0]
        indexes = sorted(self._seen) or [0]
        said["candidates"] = [first | {"index": index} for index in indexes]
        self._lanes.clear()
        self._before_final = None
        return self._write(said) + self._end()

    def fail(self, message: str) -> bytes:
        """Return an error in the place of a chunk."""
        error = {"code": 502, "message": message, "status": status_name(502)}
        return self._write({"error": error}) + self._end()

    def _candidate(self, value: Json, lanes: Lanes) -> Json:
        """Return a candidate with its texts passed through their lanes, or None where nothing of it is left."""
        if type(value) is not dict:
            wrong_answer("/candidates", "objects")
        index = _index(value)
        self._seen.add(index)
        self._running.add(index)
        said = value.get("content")
        if said is not None and type(said) is not dict:
            wrong_answer("/candidates/content", "an object")
        parts = (said or {}).get("parts")
        if parts is not None and type(parts) is not list:
            wrong_answer("/candidates/content/parts", "a list")
        passed = [new for old in parts or () for new in self._part(index, old, lanes)]
        changed = self._whole.through(value, lanes, _read_candidate, f"/candidates/{index}")
        finished = _finish(value)
        if finished:
            passed += self._close(index, lanes)
            self._running.discard(index)
        if len(passed) == len(parts or ()) and all(a is b for a, b in zip(passed, parts or (), strict=True)):
            return changed
        if not passed and not finished and not (value.keys() - {"content", "index"}):
            return None
        return changed | {"content": {"role": "model"} | (said or {}) | {"parts": passed}}

    def _part(self, index: int, value: Json, lanes: Lanes) -> list[Json]:
        """Return what becomes of a part: what the last text still owes, and the part unless nothing is left of it."""
        if type(value) is not dict:
            wrong_answer("/candidates/content/parts", "objects")
        text = value.get("text")
        if text is None:
            streamed = self._arguments(index, value, lanes)
            if streamed is not None:
                return streamed
            return [
                *self._close(index, lanes),
                self._whole.through(value, lanes, _read_part, f"/candidates/{index}/content/parts"),
            ]
        if type(text) is not str:
            wrong_answer("/candidates/content/parts/text", "a string")
        thought = value.get("thought") is True
        kind = "thought" if thought else "text"
        owed = self._enter(index, kind, {"text": "", "thought": True} if thought else {"text": ""}, lanes)
        released = lanes.feed(self._lanes[index].name, text, Role.ASSISTANT, Syntax.PLAIN)
        others = value.keys() - {"text", "thought"}
        if not others:
            if released == text:
                return [*owed, value]
            return [*owed, value | {"text": released}] if released else owed
        rest = self._whole.through(
            value | {"text": ""}, lanes, _read_part, f"/candidates/{index}/content/parts"
        )
        return [*owed, rest | {"text": released}]

    def _arguments(self, index: int, value: dict[str, Json], lanes: Lanes) -> list[Json] | None:
        """Pass the streamed arguments of a call (``partialArgs``) through a lane for each; None for other parts."""
        name = "functionCall" if "functionCall" in value else "function_call"
        call = value.get(name)
        key = "partialArgs" if type(call) is dict and "partialArgs" in call else "partial_args"
        if type(call) is not dict or type(call.get(key)) is not list:
            return None
        owed: list[Json] = []
        passed = []
        for item in call[key]:
            text = item.get("stringValue", item.get("string_value")) if type(item) is dict else None
            where = item.get("jsonPath", item.get("json_path")) if type(item) is dict else None
            if type(text) is not str or type(where) is not str:
                passed.append(
                    self._whole.through(item, lanes, _read_part, f"/candidates/{index}/content/parts")
                )
                continue
            member = "stringValue" if "stringValue" in item else "string_value"
            template = {name: {key: [{"jsonPath": where, member: ""}]}}
            owed += self._enter(index, f"call:{where}", template, lanes)
            lane = self._lanes[index].name
            released = lanes.feed(lane, text, Role.TOOL_CALL, Syntax.PLAIN)
            if item.get("willContinue", item.get("will_continue")) is not True:
                released += lanes.close(lane)
                del self._lanes[index]
            passed.append(item | {member: released})
        rest = self._whole.through(
            value | {name: call | {key: []}}, lanes, _read_part, f"/candidates/{index}/content/parts"
        )
        return [*owed, rest | {name: rest[name] | {key: passed}}]

    def _enter(self, index: int, kind: str, template: dict[str, Json], lanes: Lanes) -> list[Json]:
        """Go over to another text of a candidate; return what the last one owes."""
        before = self._lanes.get(index)
        if before is not None and before.kind == kind:
            return []
        owed = self._close(index, lanes)
        self._opened += 1
        member = "text" if kind in ("text", "thought") else "functionCall/partialArgs"
        name = f"/candidates/{index}/content/parts/{self._opened}/{member}"
        self._lanes[index] = _Lane(name, kind, template)
        return owed

    def _close(self, index: int, lanes: Lanes) -> list[Json]:
        lane = self._lanes.pop(index, None)
        rest = lanes.close(lane.name) if lane is not None else ""
        return [_filled(lane.template, rest)] if lane is not None and rest else []

    def _write(self, value: Json) -> bytes:
        if not self._array:
            return sse.write_json(encode(value))
        lead = b",\r\n" if self._begun else b"["
        self._begun = True
        return lead + encode(value)

    def _end(self) -> bytes:
        if self._ended or not self._array:
            self._ended = True
            return b""
        self._ended = True
        return b"]" if self._begun else b"[]"


def _filled(template: Json, text: str) -> Json:
    """Return ``template`` with its empty string filled."""
    if template == "":
        return text
    if type(template) is dict:
        return {key: _filled(value, text) for key, value in template.items()}
    return [_filled(item, text) for item in template] if type(template) is list else template


def _read_candidate(c: Collector, value: Json) -> None:
    """Take what a candidate says beside its parts: citations, grounding, the finish message."""
    members(c, value, "", Role.ASSISTANT, Trust.MODEL, ("content",))
    said = value.get("content")
    if type(said) is dict:
        members(c, said, "/content", Role.ASSISTANT, Trust.MODEL, ("parts",))


def _read_part(c: Collector, value: Json) -> None:
    part(c, value, "", Role.ASSISTANT, Trust.MODEL)


def _blocked(value: dict[str, Json]) -> bool:
    feedback = value.get("promptFeedback", value.get("prompt_feedback"))
    return type(feedback) is dict and bool(feedback.get("blockReason", feedback.get("block_reason")))


def _finish(candidate: Json) -> bool:
    return type(candidate) is dict and any(candidate.get(key) for key in _FINISH)


def _index(candidate: Json) -> int:
    index = candidate.get("index", 0) if type(candidate) is dict else 0
    if type(index) is not int or not 0 <= index < MAX_CANDIDATES:
        wrong_answer("/candidates/index", "a small number")
    return index
