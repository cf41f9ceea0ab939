"""The events and objects of the Responses API that this side writes itself, and where the text of each event belongs.

Source: https://platform.openai.com/docs/api-reference/responses-streaming
"""

from collections.abc import Mapping
from dataclasses import dataclass

from redoubt.domain.errors import UpstreamError
from redoubt.domain.exchange import Role, Syntax
from redoubt.surfaces.gateway.wire.interface import Json


@dataclass(frozen=True, slots=True)
class Growth:
    """A text that `NAME.delta` events send piece by piece and a `NAME.done` event once more as a whole."""

    before: str
    """Its place in the output item ..."""
    counter: str
    """... then the number that this member of the event says ..."""
    after: str
    """... then this."""
    member: str
    """The member of the `.done` event that holds the whole."""
    role: Role = Role.ASSISTANT
    syntax: Syntax = Syntax.PLAIN


_CALL = Role.TOOL_CALL
_ARGUMENTS = Growth("/arguments", "", "", "arguments", _CALL, Syntax.JSON)
GROWTHS: Mapping[str, Growth] = {
    "response.output_text": Growth("/content/", "content_index", "/text", "text"),
    "response.refusal": Growth("/content/", "content_index", "/refusal", "refusal"),
    "response.reasoning_text": Growth("/content/", "content_index", "/text", "text"),
    "response.reasoning_summary_text": Growth("/summary/", "summary_index", "/text", "text"),
    "response.audio.transcript": Growth("/content/", "content_index", "/transcript", "transcript"),
    "response.function_call_arguments": _ARGUMENTS,
    "response.mcp_call_arguments": _ARGUMENTS,
    "response.mcp_call.arguments": _ARGUMENTS,
    "response.custom_tool_call_input": Growth("/input", "", "", "input", _CALL),
    "response.code_interpreter_call_code": Growth("/code", "", "", "code", _CALL),
    "response.apply_patch_call_operation_diff": Growth("/operation/diff", "", "", "diff", _CALL),
    "response.shell_call_command": Growth("/action/commands/", "command_index", "", "command", _CALL),
}
PARTS: Mapping[str, tuple[str, str]] = {
    "response.content_part": ("content", "content_index"),
    "response.reasoning_summary_part": ("summary", "summary_index"),
}
"""Events that begin and end a part of an item: its list in the item, the member that counts it."""
FINAL = frozenset({"response.completed", "response.incomplete", "response.failed", "error"})


def number(value: dict[str, Json], key: str) -> int:
    """Return a counter of an event; it is 0 where a server leaves it out."""
    found = value.get(key, 0)
    if type(found) is not int or found < 0:
        raise UpstreamError(f"the provider's stream must have a number at /{key}")
    return found


def place_of(stem: str, value: dict[str, Json], key: str = "") -> tuple[str, Role, Syntax]:
    """Return the place that the text of an event has in the response object, and what it is."""
    index = number(value, "output_index")
    growth = GROWTHS.get(stem)
    if growth is None:
        inner = f"/{stem}/{number(value, 'content_index')}/{number(value, 'command_index')}"
        return f"/output/{index}{inner}/{key}", Role.ASSISTANT, Syntax.PLAIN
    count = number(value, growth.counter) if growth.counter else ""
    return f"/output/{index}{growth.before}{count}{growth.after}", growth.role, growth.syntax


def part_place(stem: str, value: dict[str, Json]) -> str:
    """Return the place of the part that an event is about."""
    member, counter = PARTS[stem]
    return f"/output/{number(value, 'output_index')}/{member}/{number(value, counter)}"


def rest_event(clone: dict[str, Json], place: str, text: str) -> dict[str, Json]:
    """Return ``clone``, the last delta of the text at ``place``, saying ``text`` instead."""
    event = {k: v for k, v in clone.items() if k != "obfuscation"}
    if "logprobs" in event:
        event["logprobs"] = []
    if type(event.get("delta")) is dict:
        event["delta"] = {place.rpartition("/")[2]: text}
    else:
        event["delta"] = text
    return event


def error_event(message: str) -> dict[str, Json]:
    """Return the error event, as documented and with the nested form that makes an SDK raise its exception."""
    error = {"code": "server_error", "message": message, "param": None}
    return {"type": "error", **error, "error": {"type": "server_error", **error}}


def response_object(name: str, model: str, now: float) -> dict[str, Json]:
    """Return a response that holds nothing yet."""
    return {
        "id": name,
        "object": "response",
        "created_at": int(now),
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": model,
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
        "user": None,
    }


def message_item(name: str, text: str) -> dict[str, Json]:
    """Return an output message that was ended by the content filter."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": name, "type": "message", "role": "assistant", "status": "incomplete", "content": [part]}


def filtered(response: dict[str, Json], output: list[Json]) -> dict[str, Json]:
    """Return ``response`` ended by the content filter, with ``output``."""
    details = {"reason": "content_filter"}
    return {**response, "status": "incomplete", "incomplete_details": details, "output": output}


def refused_response(model: str, text: str, *, exchange: str, now: float) -> dict[str, Json]:
    """Return a whole response that says ``text`` and nothing else."""
    response = filtered(
        response_object(f"resp_{exchange}", model, now), [message_item(f"msg_{exchange}", text)]
    )
    none = {"cached_tokens": 0}
    response["usage"] = {
        "input_tokens": 0,
        "input_tokens_details": none,
        "output_tokens": 0,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 0,
    }
    return response


def message_events(index: int, item: dict[str, Json]) -> list[dict[str, Json]]:
    """Return the events that send a message with one part from beginning to end."""
    part = item["content"][0]
    at = {"item_id": item["id"], "output_index": index, "content_index": 0}
    begun = {**item, "status": "in_progress", "content": []}
    return [
        {"type": "response.output_item.added", "output_index": index, "item": begun},
        {"type": "response.content_part.added", **at, "part": {**part, "text": ""}},
        {"type": "response.output_text.delta", **at, "delta": part["text"], "logprobs": []},
        {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": []},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]
