"""The streamed answer of chat completions.

Source: https://platform.openai.com/docs/api-reference/chat-streaming
"""

import re

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Trust, Usage
from redoubt.surfaces.gateway.wire.interface import Json, Lanes, ServerSentEvent, WireRequest
from redoubt.surfaces.gateway.wire.openai_common import (
    PROTOCOL,
    decode_event,
    encode_event,
    error_body,
    inspect_whole,
    is_constant,
    read_usage,
    spells,
)
from redoubt.surfaces.gateway.wire.openai_fragments import Fragments

DONE = b"data: [DONE]\n\n"
MAX_CHOICES = 128
"""As many as `n` allows: https://platform.openai.com/docs/api-reference/chat/create"""
_FINISHED = re.compile(r'"finish_reason" ?: ?[^n ]|"error" ?:')
_SILENT = frozenset({"index", "finish_reason", "delta", "text", "logprobs"})
_OF_ONE_CHUNK = frozenset({"choices", "usage", "obfuscation"})


class ChatStream:
    """Chunks of a chat completion; each choice is one growing object (`Fragments`)."""

    _member = "delta"
    """The member of a choice that holds what is new."""
    _object = "chat.completion.chunk"
    retractable = True
    """A chunk that says "stop" must not come before the refusal."""

    def __init__(self, request: WireRequest) -> None:
        self.usage = Usage()
        self.chain = ""
        self.head: dict[str, Json] = {
            "id": "chatcmpl-redoubt",
            "object": self._object,
            "created": 0,
            "model": request.model,
        }
        """The last chunk: this stream's own chunks repeat its members, but for those of `_OF_ONE_CHUNK`."""
        self._choices: dict[int, Fragments] = {}
        self._constants: dict[str, Json] = {}
        self._ended: dict[int, int] = {}  # how often a choice has said that it is finished

    def translate(self, event: ServerSentEvent, lanes: Lanes) -> bytes:
        """See `StreamCodec.translate`."""
        if event.data == "[DONE]":
            return self.finish(lanes) + DONE
        chunk = decode_event(event)
        choices = chunk.get("choices")
        if chunk.get("error"):
            return self.finish(lanes) + encode_event(
                inspect_whole(chunk, lanes, Role.ASSISTANT, Trust.MODEL, "/error"), event.event
            )
        if choices is None:
            choices = []
        elif type(choices) is not list:
            raise UpstreamError("the provider's stream must have a list at /choices")
        usage = chunk.get("usage")
        if usage is not None:
            self.usage = read_usage(usage)
        for key, value in chunk.items():
            if key != "choices" and not self._is_constant(key, value):
                chunk[key] = inspect_whole(value, lanes, Role.ASSISTANT, Trust.MODEL, f"/{key}")
        if choices:
            self.head = chunk
        before = b""
        silent = bool(choices)
        for choice in choices:
            if type(choice) is not dict:
                raise UpstreamError("the provider's stream must have objects in /choices")
            owed, empty = self._choice(choice, lanes)
            before += owed
            silent = silent and empty
        if silent and usage is None:
            return before
        return before + encode_event(chunk, event.event)

    def is_final(self, event: ServerSentEvent) -> bool:
        """See `StreamCodec.is_final`."""
        return event.data == "[DONE]"

    def only_grows(self, event: ServerSentEvent) -> bool:
        """See `StreamCodec.only_grows`."""
        return event.data.startswith("{") and not _FINISHED.search(event.data)

    def finish(self, lanes: Lanes) -> bytes:
        """See `StreamCodec.finish`."""
        return b"".join(self._rest(index, lanes) for index in list(self._choices))

    def refuse(self, text: str) -> bytes:
        """See `StreamCodec.refuse`."""
        parts = []
        for index in [i for i in self._choices if i not in self._ended] or [0]:
            fragments = self._choices.get(index)
            said = f"\n\n{text}" if fragments is not None and fragments.spoken else text
            parts.append(self._chunk(index, self._delta(said), None))
            parts.append(self._chunk(index, self._delta(""), "content_filter"))
        return b"".join(parts) + DONE

    def fail(self, message: str) -> bytes:
        """See `StreamCodec.fail`."""
        return encode_event(error_body(502, message, "upstream_error"))

    def _delta(self, text: str) -> dict[str, Json]:
        return {"delta": {"content": text} if text else {}}

    def _fragment(self, choice: dict[str, Json]) -> dict[str, Json] | None:
        """Return what is new in ``choice`` as the object that grows."""
        delta = choice.get("delta")
        if delta is None:
            return None
        if type(delta) is not dict:
            raise UpstreamError("the provider's stream must have an object at /choices/delta")
        return delta

    def _put(self, choice: dict[str, Json], delta: dict[str, Json] | None) -> None:
        """Write what `_fragment` returned back, where it was not a part of ``choice`` itself."""

    def _clear(self, choice: dict[str, Json]) -> None:
        """Take out of ``choice`` what it adds."""
        choice["delta"] = {}

    def _is_empty(self, delta: dict[str, Json]) -> bool:
        return not any(delta.values())

    def _spelled(self, logprobs: Json, delta: dict[str, Json]) -> bool:
        """Tell whether ``logprobs`` says just what ``delta`` says."""
        return type(logprobs) is dict and all(
            key in ("content", "refusal") and (value is None or spells(value, delta.get(key) or ""))
            for key, value in logprobs.items()
        )

    def _choice(self, choice: dict[str, Json], lanes: Lanes) -> tuple[bytes, bool]:
        """Translate one choice in place; return what must be sent before it, and whether it now says nothing."""
        index = choice.get("index", 0)
        if type(index) is not int or not 0 <= index < MAX_CHOICES:
            raise UpstreamError("the provider's stream must have a number at /choices/index")
        fragments = self._choices.get(index)
        if fragments is None:
            again = f"+{self._ended[index]}" if index in self._ended else ""
            fragments = self._choices[index] = Fragments(f"/choices/{index}{again}/{self._member}")
        delta = self._fragment(choice)
        logprobs = choice.get("logprobs")
        spelled = not logprobs or (delta is not None and self._spelled(logprobs, delta))
        changed = delta is not None and fragments.translate(delta, lanes)
        if changed:
            self._put(choice, delta)
        if logprobs and (changed or not spelled):
            # Token by token they spell out what was just held back or changed.
            choice["logprobs"] = logprobs = None
        for key, value in choice.items():
            if key != self._member and key != "logprobs" and not self._is_constant(key, value):
                place = f"/choices/{index}/{key}"
                choice[key] = inspect_whole(value, lanes, Role.ASSISTANT, Trust.MODEL, place)
        finish = choice.get("finish_reason")
        if finish is None:
            empty = changed and delta is not None and self._is_empty(delta)
            return b"", bool(empty and not logprobs and choice.keys() <= _SILENT)
        return self._end(index, choice, delta, lanes), False

    def _end(self, index: int, choice: dict[str, Json], delta: dict[str, Json] | None, lanes: Lanes) -> bytes:
        """Return what is owed before the chunk that finishes a choice."""
        fed = self._choices[index].fed
        rest = self._rest(index, lanes)
        self._ended[index] = self._ended.get(index, 0) + 1
        self._choices.pop(index, None)
        if not rest or not fed or delta is None:
            return rest
        # The finishing chunk itself adds text: that goes first, then the rest, then the finish.
        first = self._own({**choice, "finish_reason": None})
        self._clear(choice)
        choice["logprobs"] = None
        return first + rest

    def _rest(self, index: int, lanes: Lanes) -> bytes:
        fragments = self._choices.get(index)
        if fragments is None:
            return b""
        return b"".join(self._chunk(index, self._grown(delta), None) for delta in fragments.rest(lanes))

    def _grown(self, delta: dict[str, Json]) -> dict[str, Json]:
        return {"delta": delta}

    def _chunk(self, index: int, content: dict[str, Json], finish: str | None) -> bytes:
        choice = {"index": index, **content, "logprobs": None, "finish_reason": finish}
        return self._own(choice)

    def _own(self, choice: dict[str, Json]) -> bytes:
        head = {key: value for key, value in self.head.items() if key not in _OF_ONE_CHUNK}
        return encode_event({**head, "choices": [choice]})

    def _is_constant(self, key: str, value: Json) -> bool:
        """As `is_constant`; what a member was in the last chunk (ids, the model's name) is not looked at again."""
        if value is None or (key in self._constants and self._constants[key] == value):
            return True
        if not is_constant(key, value):
            return False
        if key in PROTOCOL:
            self._constants[key] = value
        return True
