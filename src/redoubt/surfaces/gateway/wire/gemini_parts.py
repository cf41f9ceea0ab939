"""Text in the messages of Google's generateContent family; members in camelCase and in snake_case, for Google takes both.

Source: https://ai.google.dev/api/generate-content, https://ai.google.dev/api/caching#Content
"""

import re
from collections.abc import Container

from redoubt.domain.exchange import Role, Trust
from redoubt.domain.pointer import is_plain_name
from redoubt.surfaces.gateway.wire import dataurl, tree
from redoubt.surfaces.gateway.wire.collect import MAX_DEPTH, Collector
from redoubt.surfaces.gateway.wire.interface import Json
from redoubt.surfaces.gateway.wire.pieces import sealed

_CAMEL = (
    "mimeType",
    "responseMimeType",
    "finishReason",
    "blockReason",
    "modelVersion",
    "responseId",
    "thinkingLevel",
    "serviceTier",
    "responseModalities",
    "mediaResolution",
    "trafficType",
    "functionCallId",
)
_SAME = ("role", "type", "format", "id", "model", "language", "outcome", "mode", "category", "threshold")
_SAME_TOO = ("probability", "severity", "modality", "required", "propertyOrdering", "behavior", "scheduling")
_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")


def snake(name: str) -> str:
    """Return the other spelling of a member.

    >>> snake("systemInstruction")
    'system_instruction'
    """
    return _HUMP.sub("_", name).lower()


PROTOCOL = frozenset({*_CAMEL, *map(snake, _CAMEL), *_SAME, *_SAME_TOO, "property_ordering"})
_SEALED = frozenset(
    {
        "thoughtSignature",
        "thought_signature",
        "sdkBlob",
        "sdk_blob",
        "continuationToken",
        "continuation_token",
    }
)
_BLOBS = frozenset({"inlineData", "inline_data"})
_FILES = frozenset({"fileData", "file_data"})
_CALLS = frozenset({"functionCall", "function_call", "toolCall", "tool_call"})
_RESULTS = frozenset({"functionResponse", "function_response", "toolResponse", "tool_response"})
_CODE = frozenset({"executableCode", "executable_code"})
_OUTPUT = frozenset({"codeExecutionResult", "code_execution_result"})
_SPEAKERS = {
    "user": (Role.USER, Trust.USER),
    "model": (Role.ASSISTANT, Trust.MODEL),
    "function": (Role.TOOL_RESULT, Trust.EXTERNAL),
    "tool": (Role.TOOL_RESULT, Trust.EXTERNAL),
    "system": (Role.SYSTEM, Trust.OPERATOR),
}


def content(c: Collector, value: Json, path: str, role: Role, trust: Trust) -> None:
    """Take a Content (or a bare text); in a conversation, whose ``role`` is the user's, it says itself who speaks."""
    if type(value) is list:
        for i, item in enumerate(value):
            content(c, item, f"{path}/{i}", role, trust)
        return
    if type(value) is not dict:
        c.text(value, path, role, trust)
        return
    speaker = value.get("role")
    if role is Role.USER and type(speaker) is str and speaker in _SPEAKERS:
        role, trust = _SPEAKERS[speaker]
    if "parts" not in value:
        part(c, value, path, role, trust)
        return
    parts = value["parts"]
    if type(parts) is dict:
        part(c, parts, f"{path}/parts", role, trust)
    elif type(parts) is list:
        for i, item in enumerate(parts):
            part(c, item, f"{path}/parts/{i}", role, trust)
    elif parts is not None:
        c.text(parts, f"{path}/parts", role, trust)
    members(c, value, path, role, trust, ("parts",))


def part(c: Collector, value: Json, path: str, role: Role, trust: Trust, depth: int = 0) -> None:
    """Take one Part."""
    if type(value) is not dict:
        c.text(value, path, role, trust)
        return
    for key, member in value.items():
        place = tree.child(path, key)
        if key == "text":
            c.text(member, place, role, trust)
        elif type(member) is not dict:
            members(c, {key: member}, path, role, trust, depth=depth)
        elif key in _BLOBS:
            _blob(c, member, place, role, trust)
        elif key in _FILES:
            _file(c, member, place, role, trust)
        elif key in _CALLS:
            _call(c, member, place, trust)
        elif key in _RESULTS:
            _result(c, member, place, depth)
        elif key in _CODE:
            members(c, member, place, Role.TOOL_CALL, trust)
        elif key in _OUTPUT:
            members(c, member, place, Role.TOOL_RESULT, Trust.EXTERNAL)
        else:
            members(c, {key: member}, path, role, trust, depth=depth)


def free(c: Collector, value: Json, path: str, role: Role, trust: Trust) -> None:
    """Take JSON whose members the caller or the model names: none of them is the protocol's own."""
    if value is None:
        return
    inner = Collector((), c.wrong)
    inner.segments, inner.uninspectable = c.segments, c.uninspectable
    inner.everything(value, path, role, trust)


def members(
    c: Collector,
    value: dict[str, Json],
    path: str,
    role: Role,
    trust: Trust,
    known: Container[str] = (),
    depth: int = 0,
) -> None:
    """Take whatever is in the members of ``value`` that are not ``known``."""
    if depth > MAX_DEPTH:
        c.wrong(path, f"no more than {MAX_DEPTH} levels of nesting")
    for key, member in value.items():
        if key in known:
            continue
        kind = type(member)
        place = tree.child(path, key)
        if key in _SEALED and kind is str:
            sealed(c, member, place, role, trust)
        elif (kind is dict or kind is list) and key not in PROTOCOL:
            if not is_plain_name(key):
                c.add(key, place + tree.NAME, role, trust)
            _walk(c, key, member, place, role, trust, depth + 1)
        else:
            c.rest({key: member}, path, role, trust, (), depth)


def _walk(c: Collector, key: str, value: Json, path: str, role: Role, trust: Trust, depth: int) -> None:
    if depth > MAX_DEPTH:
        c.wrong(path, f"no more than {MAX_DEPTH} levels of nesting")
    if type(value) is list:
        for i, item in enumerate(value):
            _walk(c, key, item, f"{path}/{i}", role, trust, depth + 1)
    elif type(value) is not dict:
        c.everything(value, path, role, trust, depth)
    elif key in _BLOBS:
        _blob(c, value, path, role, trust)
    else:
        members(c, value, path, role, trust, (), depth)


def _blob(c: Collector, value: dict[str, Json], path: str, role: Role, trust: Trust) -> None:
    """Take bytes that are sent along: text of a text type is read, all else noted."""
    media_type = _mime_type(value)
    kind = dataurl.kind_of(media_type)
    if dataurl.is_text_type(media_type):
        c.encoded(value.get("data"), f"{path}/data", kind, Role.DOCUMENT, Trust.EXTERNAL)
    else:
        c.opaque(path, kind)
        sealed(c, value.get("data"), f"{path}/data", role, trust)
    members(c, value, path, role, trust, ("data",))


def _file(c: Collector, value: dict[str, Json], path: str, role: Role, trust: Trust) -> None:
    c.opaque(path, dataurl.kind_of(_mime_type(value)))
    members(c, value, path, role, trust)


def _mime_type(value: dict[str, Json]) -> str:
    found = value.get("mimeType", value.get("mime_type"))
    return found if type(found) is str else ""


def _call(c: Collector, value: dict[str, Json], path: str, trust: Trust) -> None:
    role = Role.TOOL_CALL
    if value.get("name") is not None:
        c.name(value["name"], f"{path}/name", role, trust)
    free(c, value.get("args"), f"{path}/args", role, trust)
    members(c, value, path, role, trust, ("name", "args"))


def _result(c: Collector, value: dict[str, Json], path: str, depth: int) -> None:
    role, trust = Role.TOOL_RESULT, Trust.EXTERNAL
    if depth > MAX_DEPTH:
        c.wrong(path, f"no more than {MAX_DEPTH} levels of nesting")
    if value.get("name") is not None:
        c.name(value["name"], f"{path}/name", role, trust)
    free(c, value.get("response"), f"{path}/response", role, trust)
    parts = value.get("parts")
    if type(parts) is list:
        for i, item in enumerate(parts):
            part(c, item, f"{path}/parts/{i}", role, trust, depth + 1)
    elif parts is not None:
        free(c, parts, f"{path}/parts", role, trust)
    members(c, value, path, role, trust, ("name", "response", "parts"))
