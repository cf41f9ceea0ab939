"""A prompt and its answer, cut into the pieces of text that can be inspected."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who speaks in a segment."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    TOOL_DEFINITION = "tool_definition"
    DOCUMENT = "document"


class Trust(StrEnum):
    """Whose words these are."""

    OPERATOR = "operator"
    USER = "user"
    EXTERNAL = "external"
    MODEL = "model"


class Direction(StrEnum):
    """Which way a text crosses the enforcement point."""

    PROMPT = "prompt"
    ANSWER = "answer"


class Syntax(StrEnum):
    """The notation a segment's text is written in, which a replacement must keep intact."""

    PLAIN = "plain"
    JSON = "json"
    """A JSON document or a fragment of one (tool-call arguments): replacements are JSON-escaped, and a number that is
    replaced by a word is quoted."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of text in an exchange."""

    text: str
    role: Role = Role.USER
    trust: Trust = Trust.USER
    path: str = ""
    """JSON pointer (RFC 6901) into the provider's message, so that a change is written back where it came from."""
    syntax: Syntax = Syntax.PLAIN


@dataclass(frozen=True, slots=True)
class Uninspectable:
    """A part of a message that holds no text we can read (an image, audio, an opaque file)."""

    path: str
    kind: str
    """``image``, ``audio``, ``video``, ``file``, ``unknown``."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
