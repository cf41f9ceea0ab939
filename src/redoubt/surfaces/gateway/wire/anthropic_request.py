"""Reading a request to Anthropic's Messages API."""

from redoubt.domain.exchange import Role, Trust
from redoubt.surfaces.gateway.wire.anthropic_blocks import PROTOCOL, content, free, members
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_request
from redoubt.surfaces.gateway.wire.interface import Json, WireRequest

_SPEAKERS = {
    "user": (Role.USER, Trust.USER),
    "assistant": (Role.ASSISTANT, Trust.MODEL),
    "system": (Role.SYSTEM, Trust.OPERATOR),
}
_READ = ("system", "tools", "messages", "mcp_servers", "model", "stream")


def read(body: dict[str, Json], model: str, stream: bool) -> WireRequest:
    """Find the text in ``body``; raises InputError where it is not what the protocol says."""
    c = Collector(PROTOCOL)
    content(c, body.get("system"), "/system", Role.SYSTEM, Trust.OPERATOR)
    _tools(c, body.get("tools"))
    _messages(c, body.get("messages"))
    _mcp_servers(c, body.get("mcp_servers"))
    members(c, body, "", Role.USER, Trust.USER, _READ)
    model = body.get("model", model)
    if type(model) is not str:
        wrong_request("/model", "a string")
    stream = body.get("stream", stream)
    if type(stream) is not bool and stream is not None:
        wrong_request("/stream", "true or false")
    return WireRequest(
        body=body,
        segments=tuple(c.segments),
        model=model,
        stream=bool(stream),
        uninspectable=tuple(c.uninspectable),
        end_user=_end_user(body),
    )


def _messages(c: Collector, value: Json) -> None:
    for i, message in enumerate(_objects(value, "/messages")):
        path = f"/messages/{i}"
        speaker = message.get("role")
        if type(speaker) is not str or speaker not in _SPEAKERS:
            wrong_request(f"{path}/role", 'one of "user", "assistant" and "system"')
        role, trust = _SPEAKERS[speaker]
        content(c, message.get("content"), f"{path}/content", role, trust)
        members(c, message, path, role, trust, ("role", "content"))


def _tools(c: Collector, value: Json) -> None:
    role, trust = Role.TOOL_DEFINITION, Trust.OPERATOR
    for i, tool in enumerate(_objects(value, "/tools")):
        path = f"/tools/{i}"
        if tool.get("name") is not None:
            c.name(tool["name"], f"{path}/name", role, trust)
        c.text(tool.get("description"), f"{path}/description", role, trust)
        free(c, tool.get("input_examples"), f"{path}/input_examples", role, trust)
        members(c, tool, path, role, trust, ("name", "description", "input_examples"))


def _mcp_servers(c: Collector, value: Json) -> None:
    """Take what describes a server; its token is what the provider must be told to reach it."""
    for i, server in enumerate(_objects(value, "/mcp_servers")):
        path = f"/mcp_servers/{i}"
        members(c, server, path, Role.TOOL_DEFINITION, Trust.OPERATOR, ("authorization_token",))


def _objects(value: Json, path: str) -> list[dict[str, Json]]:
    if value is None:
        return []
    if type(value) is not list:
        wrong_request(path, "a list")
    for i, item in enumerate(value):
        if type(item) is not dict:
            wrong_request(f"{path}/{i}", "an object")
    return value


def _end_user(body: dict[str, Json]) -> str:
    metadata = body.get("metadata")
    user = metadata.get("user_id") if type(metadata) is dict else None
    return user if type(user) is str else ""
