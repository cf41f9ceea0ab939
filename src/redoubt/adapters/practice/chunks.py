"""What all three protocols share: reading loose JSON, cutting text into deltas, writing events."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

FINGERPRINT = "simulated"
MAX_PIECES = 2_000
"""Deltas a text is cut into at most; longer texts get longer deltas."""
_STEPS = (3, 5, 2, 7, 4, 1, 6)
_TEXT_KEYS = ("text", "content", "output", "parts", "input", "response", "result", "title", "source")
_MAX_DEPTH = 12


def mapping(value: Any) -> dict[str, Any]:
    """Return ``value`` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return ``value`` where it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def text_of(value: Any, depth: int = 0) -> str:
    """Return the text in a message's content, whatever of the usual shapes it has."""
    if isinstance(value, str):
        return value
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (text_of(item, depth + 1) for item in value)))
    if isinstance(value, dict):
        keys = _TEXT_KEYS if value.get("type") != "text" else ("text", "data")
        return "\n".join(filter(None, (text_of(value[key], depth + 1) for key in keys if key in value)))
    return ""


def pieces(text: str) -> Iterator[str]:
    """Cut ``text`` into uneven pieces of a few characters, like a model's tokens."""
    longer = max(1, len(text) // (4 * MAX_PIECES) + 1)
    at = step = 0
    while at < len(text):
        size = _STEPS[step % len(_STEPS)] * longer
        yield text[at : at + size]
        at += size
        step += 1


def compact(value: Any) -> str:
    """Write JSON without blanks; characters beyond ASCII as they are, except lone surrogates."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode()


def encode(value: Any) -> bytes:
    """Write a JSON body."""
    return compact(value).encode()


def event(value: Any, name: str = "") -> bytes:
    """Write one server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {compact(value)}\n\n".encode()


def digest(body: bytes, prefix: str) -> str:
    """Return an id that depends on the request alone."""
    return f"{prefix}{hashlib.sha256(body).hexdigest()[:24]}"


def named(model: Any) -> str:
    """Return the model's name in answers: it always says that it is the practice model."""
    name = model if isinstance(model, str) and model else "1"
    return name if name.startswith("practice-") else f"practice-{name}"


def limit(value: Any) -> int | None:
    """Return a token limit where ``value`` is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def parameters(schema: Any) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of a JSON schema's properties; Gemini writes the types in capitals."""
    found = []
    for name, described in mapping(mapping(schema).get("properties")).items():
        kind = mapping(described).get("type")
        found.append((name, kind.lower() if isinstance(kind, str) else "string"))
    return tuple(found)
