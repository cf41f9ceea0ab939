"""The items of the Responses API, which stand in a request's `input` and in an answer's `output` alike.

Source: https://platform.openai.com/docs/api-reference/responses
"""

from collections.abc import Mapping

from redoubt.domain.exchange import Role, Syntax, Trust
from redoubt.surfaces.gateway.wire import tree
from redoubt.surfaces.gateway.wire.collect import Collector
from redoubt.surfaces.gateway.wire.interface import Json
from redoubt.surfaces.gateway.wire.openai_common import ROLES, read_list, read_object
from redoubt.surfaces.gateway.wire.openai_parts import read_content, read_part

Voice = tuple[Role, Trust]

_CALL: Voice = (Role.TOOL_CALL, Trust.MODEL)
_RESULT: Voice = (Role.TOOL_RESULT, Trust.EXTERNAL)
_MODEL: Voice = (Role.ASSISTANT, Trust.MODEL)
_USER: Voice = (Role.USER, Trust.USER)

_ITEMS: Mapping[str, Voice] = {
    "reasoning": _MODEL,
    "compaction": _MODEL,
    "mcp_list_tools": (Role.TOOL_DEFINITION, Trust.EXTERNAL),
    "mcp_approval_request": _CALL,
    "mcp_approval_response": _USER,
}
_RESULTS = frozenset({"output", "outputs", "results", "error", "logs"})
"""Members of a call that hold what came back."""
_GROWING = frozenset({"text", "refusal", "arguments", "input", "code", "diff", "transcript"})


def voice_of(kind: str, default: Voice) -> Voice:
    """Return who speaks in an item of type ``kind``."""
    if kind in _ITEMS:
        return _ITEMS[kind]
    if kind.endswith("_output"):
        return _RESULT
    return _CALL if kind.endswith("_call") else default


def read_items(collector: Collector, value: Json, path: str, default: Voice) -> None:
    """Take a text or a list of items."""
    if type(value) is str:
        collector.add(value, path, *default)
        return
    for i, item in enumerate(read_list(value, collector, path)):
        read_item(collector, item, f"{path}/{i}", default)


def read_item(collector: Collector, value: Json, path: str, default: Voice) -> None:
    """Take one item; ``default`` says who speaks in one of a type that was not known when this was written."""
    item = read_object(value, collector, path)
    kind = item.get("type", "message")
    if type(kind) is not str:
        collector.wrong(f"{path}/type", "the type of an item")
    if kind == "message":
        name = item.get("role")
        voice = ROLES.get(name, default) if type(name) is str else default
    else:
        voice = voice_of(kind, default)
    known = ["content", "summary", "name"]
    collector.name(item.get("name"), f"{path}/name", *voice)
    for key in ("content", "summary"):
        if key in item:
            read_content(collector, item[key], f"{path}/{key}", *voice)
    for key in ("arguments", "input", "code"):
        if type(item.get(key)) is str:
            syntax = Syntax.JSON if key == "arguments" else Syntax.PLAIN
            collector.add(item[key], f"{path}/{key}", *voice, syntax)
            known.append(key)
    if kind == "image_generation_call":
        collector.encoded(item.get("result"), f"{path}/result", "image", *voice)
        known.append("result")
    for key in _RESULTS & item.keys():
        _read_result(collector, item[key], f"{path}/{key}", voice if voice[0] is Role.ASSISTANT else _RESULT)
        known.append(key)
    collector.rest(item, path, *voice, known)


def _read_result(collector: Collector, value: Json, path: str, voice: Voice) -> None:
    """Take what a tool gave back: a text, parts (with their images and files), or an object."""
    if type(value) is list:
        for i, part in enumerate(value):
            _read_result(collector, part, f"{path}/{i}", voice)
    elif type(value) is dict:
        read_part(collector, value, path, *voice)
    else:
        collector.everything(value, path, *voice)


def grows(path: str) -> bool:
    """Tell whether the text at ``path`` is one that a stream sends piece by piece."""
    keys = tree.tokens(path)
    return keys[-1] in _GROWING and "annotations" not in keys
