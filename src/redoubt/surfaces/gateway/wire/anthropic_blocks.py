"""Text in the content blocks of Anthropic's Messages API, in requests, answers and streams alike.

Source: https://docs.anthropic.com/en/api/messages (the content block types), and the types of the official SDK.
"""

from collections.abc import Container

from redoubt.domain.exchange import Role, Trust
from redoubt.domain.pointer import is_plain_name
from redoubt.surfaces.gateway.wire import dataurl, tree
from redoubt.surfaces.gateway.wire.collect import MAX_DEPTH, Collector
from redoubt.surfaces.gateway.wire.interface import Json
from redoubt.surfaces.gateway.wire.pieces import sealed

PROTOCOL = frozenset(
    {
        "type",
        "id",
        "role",
        "model",
        "tool_use_id",
        "tool_name",
        "toolset_name",
        "server_name",
        "file_id",
        "media_type",
        "ttl",
        "stop_reason",
        "service_tier",
        "file_type",
        "error_code",
        "effort",
        "required",
        "allowed_callers",
        "page_age",
        "retrieved_at",
        "previous_message_id",
    }
)
_SEALED = frozenset({"signature", "encrypted_content", "encrypted_index", "encrypted_stdout"})
"""Members that hold what only the provider can read."""
_CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})


def content(c: Collector, value: Json, path: str, role: Role, trust: Trust, depth: int = 0) -> None:
    """Take a ``content`` or ``system``: a string, or a list of blocks."""
    if type(value) is list:
        for i, item in enumerate(value):
            block(c, item, f"{path}/{i}", role, trust, depth + 1)
    elif type(value) is dict:
        block(c, value, path, role, trust, depth + 1)
    else:
        c.text(value, path, role, trust)


def block(c: Collector, value: Json, path: str, role: Role, trust: Trust, depth: int = 0) -> None:
    """Take one content block."""
    if type(value) is not dict:
        c.wrong(path, "an object")
    if depth > MAX_DEPTH:
        c.wrong(path, f"no more than {MAX_DEPTH} levels of nesting")
    kind = value.get("type")
    if type(kind) is not str:
        _members(c, value, path, role, trust, depth)
    elif kind == "text":
        c.text(value.get("text"), f"{path}/text", role, trust)
        _members(c, value, path, role, trust, depth, ("text",))
    elif kind == "thinking":
        c.text(value.get("thinking"), f"{path}/thinking", role, trust)
        _members(c, value, path, role, trust, depth, ("thinking",))
    elif kind in _CALLS:
        c.name(value.get("name"), f"{path}/name", Role.TOOL_CALL, trust)
        free(c, value.get("input"), f"{path}/input", Role.TOOL_CALL, trust)
        _members(c, value, path, Role.TOOL_CALL, trust, depth, ("name", "input"))
    elif kind in {"image", "document"}:
        speaker = (role, trust) if kind == "image" else (Role.DOCUMENT, Trust.EXTERNAL)
        _source(
            c, value.get("source"), f"{path}/source", "image" if kind == "image" else "file", *speaker, depth
        )
        _members(c, value, path, *speaker, depth, ("source",))
    elif kind == "container_upload":
        c.opaque(path, "file")
        _members(c, value, path, role, trust, depth)
    elif kind == "search_result":
        _members(c, value, path, Role.DOCUMENT, Trust.EXTERNAL, depth)
    elif kind == "redacted_thinking":
        sealed(c, value.get("data"), f"{path}/data", role, trust)
        _members(c, value, path, role, trust, depth, ("data",))
    elif kind.endswith("tool_result"):
        _members(c, value, path, Role.TOOL_RESULT, Trust.EXTERNAL, depth)
    else:
        _members(c, value, path, role, trust, depth)


def free(c: Collector, value: Json, path: str, role: Role, trust: Trust) -> None:
    """Take JSON whose members the caller or the model names: none of them is the protocol's own."""
    if value is None:
        return
    inner = Collector((), c.wrong)
    inner.segments, inner.uninspectable = c.segments, c.uninspectable
    inner.everything(value, path, role, trust)


def members(
    c: Collector, value: dict[str, Json], path: str, role: Role, trust: Trust, known: Container[str] = ()
) -> None:
    """Take whatever is in the members of ``value`` that are not ``known``."""
    _members(c, value, path, role, trust, 0, known)


def _members(
    c: Collector,
    value: dict[str, Json],
    path: str,
    role: Role,
    trust: Trust,
    depth: int,
    known: Container[str] = (),
) -> None:
    for key, member in value.items():
        if key in known or (key == "type" and member is value.get("type") and _is_constant(member)):
            continue
        kind = type(member)
        if key in _SEALED and kind is str:
            sealed(c, member, tree.child(path, key), role, trust)
        elif (kind is list or kind is dict) and key not in PROTOCOL:
            place = tree.child(path, key)
            if not is_plain_name(key):
                c.add(key, place + tree.NAME, role, trust)
            _walk(c, member, place, role, trust, depth + 1)
        else:
            c.rest({key: member}, path, role, trust, (), depth)


def _is_constant(value: Json) -> bool:
    return type(value) is str and is_plain_name(value)


def _walk(c: Collector, value: Json, path: str, role: Role, trust: Trust, depth: int) -> None:
    if depth > MAX_DEPTH:
        c.wrong(path, f"no more than {MAX_DEPTH} levels of nesting")
    if type(value) is dict:
        block(c, value, path, role, trust, depth)
    elif type(value) is list:
        for i, item in enumerate(value):
            _walk(c, item, f"{path}/{i}", role, trust, depth + 1)
    else:
        c.everything(value, path, role, trust, depth)


def _source(c: Collector, value: Json, path: str, medium: str, role: Role, trust: Trust, depth: int) -> None:
    """Take the ``source`` of an image or a document."""
    if type(value) is not dict:
        c.opaque(path, medium)
        c.text(value, path, role, trust)
        return
    kind = value.get("type")
    known: tuple[str, ...] = ()
    if kind == "base64":
        known = ("data",)
        media_type = value.get("media_type")
        if type(media_type) is not str or not dataurl.is_text_type(media_type):
            c.opaque(path, medium)
            sealed(c, value.get("data"), f"{path}/data", role, trust)
        else:
            c.encoded(value.get("data"), f"{path}/data", medium, role, trust)
    elif kind == "text":
        known = ("data",)
        c.text(value.get("data"), f"{path}/data", role, trust)
    elif kind == "url":
        known = ("url",)
        c.media(value.get("url"), f"{path}/url", medium, role, trust)
    elif kind == "content":
        known = ("content",)
        content(c, value.get("content"), f"{path}/content", role, trust, depth + 1)
    else:
        c.opaque(path, medium)
    _members(c, value, path, role, trust, depth + 1, known)
