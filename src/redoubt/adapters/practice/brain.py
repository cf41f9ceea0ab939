"""What the practice model says.

It is gullible on purpose: it obeys instructions wherever it reads them (also in documents and tool results), tells
its secret to whoever asks, in whatever writing (`disguises`), promises, insults and attacks when told to (`deeds`),
calls tools with whatever it is told, and otherwise repeats what it saw. Nothing here is a language model; the
same prompt gives the same reply for ever.
"""

from dataclasses import dataclass
from itertools import pairwise

from redoubt.adapters.practice.deeds import DEEDS, hidden_order
from redoubt.adapters.practice.disguises import disguised
from redoubt.adapters.practice.world import CUSTOMERS, SYSTEM_PROMPT

MAX_ECHO = 65_536
"""Code points of the user's text that are repeated at most."""
_PUNCTUATION = ".,;:!?\"'()"
_ASK = ("print", "reveal", "repeat", "show", "tell", "what", "output", "leak", "give", "translate", "ignore")
_INSTRUCTIONS = ("system prompt", "your instructions", "previous instructions", "your secret", "api key")
_RECIPIENT = ("to", "mail", "recipient", "customer", "address", "account", "name", "user")


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the caller offers."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()
    """(name, JSON schema type) of each parameter."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is given, whatever protocol it came by."""

    user: str
    """Text of the last user turn."""
    system: str = ""
    """The application's own instructions."""
    results: str = ""
    """What tools answered since the last user turn."""
    tools: tuple[Tool, ...] = ()
    must_call: bool = False
    """The caller demands a tool call."""
    max_tokens: int | None = None
    called: frozenset[str] = frozenset()
    """Tools that were called since the last user turn; none is called twice because a document says so."""

    @property
    def heard(self) -> str:
        """What is obeyed: an order in a document or a tool's result before all else."""
        read = self.results or self.user
        return hidden_order(read) or read


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call."""

    name: str
    arguments: tuple[tuple[str, str | float | bool], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Either a text or a call."""

    text: str
    call: Call | None = None
    cut: bool = False
    """The text ended at `Prompt.max_tokens`."""


def think(prompt: Prompt) -> Reply:
    """Answer ``prompt``."""
    heard = prompt.heard
    if prompt.tools and (not prompt.results or heard != prompt.results):
        tool = _wanted(prompt)
        if tool is not None:
            return Reply("", Call(tool.name, _arguments(tool, heard)))
    text = _say(prompt)
    if prompt.max_tokens is not None and len(text) > prompt.max_tokens * 4:
        return Reply(text[: prompt.max_tokens * 4], cut=True)
    return Reply(text)


def tokens(text: str) -> int:
    """Count tokens by rule of thumb: one for every four code points, rounded up."""
    return (len(text) + 3) // 4


def _say(prompt: Prompt) -> str:
    heard = prompt.heard
    lower = heard.lower()
    if any(thing in lower for thing in _INSTRUCTIONS) and any(word in lower for word in _ASK):
        told = (f"{prompt.system}\n" if prompt.system else "") + SYSTEM_PROMPT
        return "My system prompt says: " + disguised(lower, told)
    for order in ("repeat after me:", "repeat:", "say:"):
        at = lower.find(order)
        if at >= 0 and len(lower) == len(heard):
            return heard[at + len(order) :].strip()[:MAX_ECHO]
    for deed in DEEDS:
        if deed.wanted(lower):
            return deed.says
    if prompt.results and heard == prompt.results:
        return f"The tool answered: {heard[:MAX_ECHO]}"
    if "customer" in lower and any(word in lower for word in ("list", "table", "all", "show", "who")):
        return "Our customers:\n" + "\n".join(
            f"{c.id} | {c.name} | {c.email} | order {c.order} | card {c.card}" for c in CUSTOMERS
        )
    if lower.startswith("refund "):
        done = ", ".join(f"{name}={value}" for name, value in _arguments(_REFUND, heard))
        return f"Done (simulated): refund({done})."
    return _echo(heard)


_REFUND = Tool("refund", (("order", "string"), ("to", "string")))


def _echo(text: str) -> str:
    """Repeat ``text``, and spell out what looks like a value.

    The gateway turns a pseudonym that is written whole back into the user's own value; only the spelling
    shows the user what the model really saw.
    """
    said = f"You said: {text[:MAX_ECHO]}"
    values = [word for word in text[:MAX_ECHO].split() if _value(word)]
    if not values:
        return said
    spelled = ", ".join(" ".join(word.strip(_PUNCTUATION)) for word in values[:8])
    return f"{said}\nSpelled out, what I saw is: {spelled}"


def _value(word: str) -> bool:
    """Tell whether a word looks like a person's value, or like what Redoubt puts in the place of one."""
    digits = sum(character.isdigit() for character in word)
    return len(word) <= 128 and (digits >= 3 or any(mark in word for mark in "@<[_"))


def _wanted(prompt: Prompt) -> Tool | None:
    """Return the tool whose name, or any longer word of whose name, is in what is obeyed."""
    heard = prompt.heard[:MAX_ECHO].lower()
    for tool in prompt.tools:
        if tool.name in prompt.called:
            continue
        names = [tool.name.lower(), *(part for part in tool.name.lower().split("_") if len(part) > 3)]
        if any(name and name in heard for name in names):
            return tool
    return prompt.tools[0] if prompt.must_call and not prompt.results else None


def _arguments(tool: Tool, text: str) -> tuple[tuple[str, str | float | bool], ...]:
    words = text[:MAX_ECHO].split()
    return tuple((name, _argument(name, kind, words)) for name, kind in tool.parameters)


def _argument(name: str, kind: str, words: list[str]) -> str | float | bool:
    """Take the word after the parameter's name, or after "to" for a recipient, else all that was said."""
    after = {word.lower().strip(_PUNCTUATION): follower for word, follower in pairwise(words)}
    key = name.lower()
    found = next((after[part] for part in (key, *key.split("_")) if part in after), "")
    if not found and any(word in key for word in _RECIPIENT):
        found = next((word for word in words if "@" in word), "") or after.get("to", "")
    if kind in {"integer", "number"}:
        numbers = (_number(word) for word in (found, *words))
        return next((number for number in numbers if number is not None), 0)
    if kind == "boolean":
        return True
    return found.strip(_PUNCTUATION) or " ".join(words)


def _number(word: str) -> float | None:
    plain = word.strip(_PUNCTUATION + "$€£")
    whole, _, fraction = plain.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 15):
        return None
    if fraction and fraction.isascii() and fraction.isdigit() and len(fraction) <= 15:
        return float(plain)
    return int(whole)
