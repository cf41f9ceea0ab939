"""The parts of a conversation that the OpenAI endpoints share: content parts, tool definitions, tool calls.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from redoubt.domain.exchange import Role, Syntax, Trust
from redoubt.surfaces.gateway.wire.collect import Collector
from redoubt.surfaces.gateway.wire.interface import Json
from redoubt.surfaces.gateway.wire.openai_common import read_list, read_object, spells


def read_content(
    collector: Collector, value: Json, path: str, role: Role, trust: Trust, syntax: Syntax = Syntax.PLAIN
) -> None:
    """Take a text or a list of content parts."""
    if type(value) is str:
        collector.add(value, path, role, trust, syntax)
    elif type(value) is list:
        for i, part in enumerate(value):
            place = f"{path}/{i}"
            if type(part) is str:
                collector.add(part, place, role, trust, syntax)
            else:
                read_part(collector, read_object(part, collector, place), place, role, trust)
    elif value is not None:
        collector.wrong(path, "a text or a list of parts")


_PART = frozenset(
    {
        "text",
        "refusal",
        "image_url",
        "video_url",
        "audio_url",
        "file_url",
        "input_audio",
        "file",
        "file_data",
        "logprobs",
        "attributes",
    }
)
_TEXTS = ("text", "input_text", "output_text")
_URLS = {"image_url": "image", "video_url": "video", "audio_url": "audio", "file_url": "file"}


def read_part(collector: Collector, part: dict[str, Json], path: str, role: Role, trust: Trust) -> None:
    """Take one content part of any kind."""
    for key in ("text", "refusal"):
        if key in part:
            collector.text(part[key], f"{path}/{key}", role, trust)
    if len(part) == 2 and "text" in part and part.get("type") in _TEXTS:
        return
    for key, kind in _URLS.items():
        if key in part:
            _read_url(collector, part[key], f"{path}/{key}", kind, role, trust)
    if "input_audio" in part:
        place = f"{path}/input_audio"
        audio = read_object(part["input_audio"], collector, place)
        collector.encoded(audio.get("data"), f"{place}/data", "audio", role, trust)
        collector.rest(audio, place, role, trust, ("data",))
    if "file" in part:
        _read_file(collector, read_object(part["file"], collector, f"{path}/file"), f"{path}/file", trust)
    if "file_data" in part or part.get("type") == "input_file":
        _read_file(collector, part, path, trust, only=True)
    if part.get("type") == "input_image" and part.get("file_id"):
        collector.opaque(f"{path}/file_id", "image")
    if "logprobs" in part and not spells(part["logprobs"], part.get("text") or ""):
        collector.everything(part["logprobs"], f"{path}/logprobs", role, trust)
    if "attributes" in part:  # of a stored file: the caller's own names
        collector.free(part["attributes"], f"{path}/attributes", role, trust)
    collector.rest(part, path, role, trust, _PART)


def _read_url(collector: Collector, value: Json, path: str, kind: str, role: Role, trust: Trust) -> None:
    if type(value) is dict:
        collector.media(value.get("url"), f"{path}/url", kind, role, trust)
        collector.rest(value, path, role, trust, ("url",))
    else:
        collector.media(value, path, kind, role, trust)


def _read_file(
    collector: Collector, file: dict[str, Json], path: str, trust: Trust, *, only: bool = False
) -> None:
    """Take a file's bytes (`file_data`), or note that it is at the provider (`file_id`); ``only``: leave its rest."""
    collector.encoded(file.get("file_data"), f"{path}/file_data", "file", Role.DOCUMENT, trust)
    if file.get("file_id"):
        collector.opaque(f"{path}/file_id", "file")
    if not only:
        collector.rest(file, path, Role.DOCUMENT, trust, ("file_data",))


def read_tools(collector: Collector, value: Json, path: str) -> None:
    """Take the definitions of tools: `tools` of chat and of responses, and the older `functions`."""
    role, trust = Role.TOOL_DEFINITION, Trust.OPERATOR
    for i, tool in enumerate(read_list(value, collector, path)):
        place = f"{path}/{i}"
        _read_tool(collector, read_object(tool, collector, place), place, role, trust)


def _read_tool(collector: Collector, tool: dict[str, Json], path: str, role: Role, trust: Trust) -> None:
    known = ["name", "function", "custom"]
    collector.name(tool.get("name"), f"{path}/name", role, trust)
    for key in ("function", "custom"):
        if key in tool:
            place = f"{path}/{key}"
            inner = read_object(tool[key], collector, place)
            collector.name(inner.get("name"), f"{place}/name", role, trust)
            collector.rest(inner, place, role, trust, ("name",))
    if tool.get("type") == "mcp":
        # The operator's own credentials for that server: they must arrive as they are.
        known += ["authorization", "headers"]
    collector.rest(tool, path, role, trust, known)


def read_tool_calls(collector: Collector, value: Json, path: str) -> None:
    """Take the calls in an assistant's message."""
    for i, call in enumerate(read_list(value, collector, path)):
        place = f"{path}/{i}"
        call = read_object(call, collector, place)
        for key in ("function", "custom"):
            if call.get(key) is not None:
                read_function_call(collector, call[key], f"{place}/{key}")
        collector.rest(call, place, Role.TOOL_CALL, Trust.MODEL, ("function", "custom"))


def read_function_call(collector: Collector, value: Json, path: str) -> None:
    """Take one call: a name, and `arguments` (a JSON document) or `input` (any text)."""
    call = read_object(value, collector, path)
    role, trust = Role.TOOL_CALL, Trust.MODEL
    collector.name(call.get("name"), f"{path}/name", role, trust)
    collector.text(call.get("arguments"), f"{path}/arguments", role, trust, Syntax.JSON)
    collector.text(call.get("input"), f"{path}/input", role, trust)
    collector.rest(call, path, role, trust, ("name", "arguments", "input"))
