"""A growing object of a streamed answer: a choice's delta, whose strings are pieces of longer texts.

Every string in the delta, known or not, is a lane of its own: `content`, `reasoning_content`, the arguments of the tool call with
index 1. List items are told apart by their `index`, as the API does.
"""

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Syntax, Trust, Uninspectable
from redoubt.domain.pointer import is_plain_name
from redoubt.surfaces.gateway.wire import dataurl, tree
from redoubt.surfaces.gateway.wire.collect import MAX_DEPTH, is_token
from redoubt.surfaces.gateway.wire.interface import Json, Lanes
from redoubt.surfaces.gateway.wire.openai_common import PROTOCOL, SEALED, inspect_whole, is_constant

MAX_LANES = 1_000
"""Beyond this many texts in one choice the stream is broken off."""

_WHOLE = frozenset({"annotations", "citations", "name", "url", "title", "images"})
"""Members whose strings arrive complete, not piece by piece."""


class Fragments:
    """One growing object; ``name`` is its pointer and the beginning of its lanes' names."""

    __slots__ = ("_lanes", "_name", "fed", "spoken")

    def __init__(self, name: str) -> None:
        self._name = name
        self._lanes: dict[str, tuple[str | int, ...]] = {}
        self.fed = False
        """Whether the last delta held a text that was fed to a lane."""
        self.spoken = False
        """Whether any text has been released for `content`."""

    def translate(self, delta: dict[str, Json], lanes: Lanes) -> bool:
        """Pass the texts of ``delta`` through ``lanes``, in place; tell whether any came out different."""
        self.fed = False
        changed = False
        for key, value in delta.items():
            if type(value) is str:
                if not value or (key in PROTOCOL and is_token(value)):
                    continue
                out = self._string(key, value, f"{self._name}/{key}", (key,), lanes, Role.ASSISTANT)
                if key == "content" and out:
                    self.spoken = True
            elif type(value) is dict or type(value) is list:
                role = Role.TOOL_CALL if key in ("tool_calls", "function_call") else Role.ASSISTANT
                out = self._member(key, value, f"{self._name}/{key}", (key,), lanes, role)
            else:
                if key == "content" and value is not None:
                    raise UpstreamError(f"the provider's stream must have a text at {self._name}/content")
                if is_constant(key, value):
                    continue
                out = inspect_whole(value, lanes, Role.ASSISTANT, Trust.MODEL, f"{self._name}/{key}")
            if out is not value and out != value:
                delta[key] = out
                changed = True
        return changed

    def rest(self, lanes: Lanes) -> list[dict[str, Json]]:
        """Close every lane; return a delta for each that held something back."""
        deltas = []
        for lane, keys in self._lanes.items():
            text = lanes.close(lane)
            if text:
                deltas.append(_delta(keys, text))
                self.spoken = self.spoken or keys == ("content",)
        self._lanes.clear()
        return deltas

    def _string(
        self, key: str, text: str, place: str, keys: tuple[str | int, ...], lanes: Lanes, role: Role
    ) -> str:
        if key in SEALED and dataurl.is_base64(text):
            return text
        if key in _WHOLE:
            if key == "name" and is_plain_name(text):
                return text
            return lanes.replaced(place, text, role, Syntax.PLAIN)
        if key == "data" and len(keys) > 1 and keys[0] == "audio" and dataurl.is_base64(text):
            lanes.note_uninspectable(Uninspectable(place, "audio"))
            return text
        if place not in self._lanes:
            if len(self._lanes) >= MAX_LANES:
                raise UpstreamError(f"the provider's answer has more than {MAX_LANES} texts")
            self._lanes[place] = keys
        self.fed = True
        return lanes.feed(place, text, role, Syntax.JSON if key == "arguments" else Syntax.PLAIN)

    def _member(
        self, key: str, value: Json, place: str, keys: tuple[str | int, ...], lanes: Lanes, role: Role
    ) -> Json:
        if len(keys) > MAX_DEPTH:
            raise UpstreamError(f"the provider's stream has more than {MAX_DEPTH} levels of nesting")
        if key in _WHOLE and type(value) is not str:
            return inspect_whole(value, lanes, role, Trust.MODEL, place)
        if type(value) is str:
            if not value or (key in PROTOCOL and is_token(value)):
                return value
            return self._string(key, value, place, keys, lanes, role)
        if type(value) is dict:
            items = {}
            for k, v in value.items():
                items[k] = self._member(k, v, tree.child(place, k), (*keys, k), lanes, role)
            return items
        if type(value) is list:
            return [self._item(i, v, place, keys, lanes, role) for i, v in enumerate(value)]
        return value if is_constant(key, value) else inspect_whole(value, lanes, role, Trust.MODEL, place)

    def _item(
        self, i: int, value: Json, place: str, keys: tuple[str | int, ...], lanes: Lanes, role: Role
    ) -> Json:
        if type(value) is dict and type(value.get("index")) is int:
            i = value["index"]
        return self._member("", value, f"{place}/{i}", (*keys, i), lanes, role)


def _delta(keys: tuple[str | int, ...], text: str) -> dict[str, Json]:
    """Return the smallest delta that adds ``text`` at ``keys``: no id, which the caller's SDK would add once more."""
    value: Json = text
    for key in reversed(keys):
        if type(key) is str:
            value = {key: value}
        elif type(value) is dict:
            value = [{"index": key, **value}]
        else:
            value = [value]
    result: dict[str, Json] = value
    return result
