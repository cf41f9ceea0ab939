"""How much a request asks for, as far as a budget needs it: the length of its answers, and what in it is no text."""

from collections.abc import Iterable
from math import ceil, isnan

from redoubt.domain.exchange import Uninspectable
from redoubt.domain.pointer import MARKS
from redoubt.surfaces.gateway.wire import tree
from redoubt.surfaces.gateway.wire.interface import Json

FREE = frozenset({"anthropic.count_tokens", "gemini.count_tokens"})
"""Endpoints that read a prompt and take no tokens for it."""
SILENT = frozenset({"openai.embeddings", "gemini.embed"})
"""Endpoints that take input tokens alone."""
_FIELDS = {
    "openai.chat": ("max_completion_tokens", "max_tokens"),
    "openai.completions": ("max_tokens",),
    "openai.responses": ("max_output_tokens",),
    "anthropic.messages": ("max_tokens", "budget_tokens"),
    "gemini.generate": ("maxOutputTokens", "max_output_tokens"),
}
"""Where each endpoint is told how long an answer may get; where it is told twice, the greater counts."""
_TIMES = ("n", "best_of", "candidateCount", "candidate_count")
"""How many answers are asked for."""
_CONFIG = ("generationConfig", "generation_config", "thinking")
_LONGEST_NUMBER = 32
MOST_TOKENS = 100_000_000
"""No exchange is taken for more, whatever a caller asks for or a provider says: every store can add up so many."""
_LONG = 1024
"""A string from which on what stands in a part that is no text is taken for its data."""


def longest_answer(api: str, body: Json, default: int) -> int:
    """Return how many tokens all answers to a request may have; ``default`` for one whose length is not said."""
    if api in FREE or api in SILENT or type(body) is not dict:
        return 0
    places = [body, *(body[key] for key in _CONFIG if type(body.get(key)) is dict)]
    said = [count for place in places for key in _FIELDS.get(api, ()) if (count := _count(place.get(key)))]
    times = [count for place in places for key in _TIMES if (count := _count(place.get(key)))]
    prompts = body.get("prompt") if api == "openai.completions" else None
    several = len(prompts) if type(prompts) is list and prompts and type(prompts[0]) is not int else 1
    return min(MOST_TOKENS, max(said, default=default) * max(times, default=1) * several)


def goes_on_alone(api: str, body: Json) -> bool:
    """Tell whether the provider works on after it answered, so that nobody here sees how long the answer gets.

    Source: https://platform.openai.com/docs/guides/background
    """
    return api == "openai.responses" and type(body) is dict and body.get("background") not in (None, False)


def data_bytes(body: Json, parts: Iterable[Uninspectable]) -> int:
    """Return how many bytes of a request are data of parts that are no text (an image in base64)."""
    seen: set[int] = set()
    return sum(_data(_at(body, part.path), seen) for part in parts)


def _count(value: Json) -> int:
    """Return a count as a provider may read it: to some ``100.0`` and ``"100"`` are one, and so is ``"1e2"`` (ProtoJSON); else 0."""
    if type(value) is str and len(value) <= _LONGEST_NUMBER:
        try:
            value = float(value)
        except ValueError:
            return 0
    if type(value) is float:
        value = 0 if isnan(value) else ceil(min(max(value, 0.0), MOST_TOKENS))
    return value if type(value) is int and value > 0 else 0


def _at(body: Json, path: str) -> Json:
    """Return what stands at a place; None where nothing does."""
    if path.endswith(MARKS):
        path = path[:-2]
    for key in tree.tokens(path):
        if type(body) is list and key.isdecimal() and int(key) < len(body):
            body = body[int(key)]
        elif type(body) is dict:
            body = body.get(key)
        else:
            return None
    return body


def _data(value: Json, seen: set[int]) -> int:
    total = 0
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        if type(each) is str:
            if len(each) >= _LONG:
                seen.add(id(each))
                total += len(each)
        elif type(each) is dict:
            waiting.extend(each.values())
        elif type(each) is list:
            waiting.extend(each)
    return total
