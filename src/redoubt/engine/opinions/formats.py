"""What a judge is asked, and how its answer is read: the shape that every format has."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from redoubt.domain.errors import ServiceError
from redoubt.domain.zone import Zone

SAID = 0.9
"""Confidence of a plain yes: it was not measured how often a judge is right, and no judge always is."""
DOUBTED = 0.6
"""Confidence of a yes that the judge itself is not sure of."""
NOT_SHOWN = "(not shown)"
"""Stands for the user's turn where only an answer is judged: these models take no answer without one."""

_MARK = re.compile(r"<(?=\S)|\[(?=/?[A-Z_]{1,32}\])")

Scores = Mapping[str, float]
"""0..1, by what the judge can say."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a judge is asked about."""

    text: str
    zone: Zone
    wanted: tuple[str, ...]
    """What of all that the judge can say is of interest."""
    nonce: str
    """A word that nobody can guess."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request to a judge."""

    messages: tuple[tuple[str, str], ...]
    """Role and content, as a chat has them."""
    read: Callable[[str], Scores]
    """Reads the answer, strictly. Raises ServiceError for what is not one."""
    max_tokens: int
    """Of the answer."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further members of the request."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a kind of judge is spoken to."""

    ask: Callable[[Matter], tuple[Question, ...]]
    categories: Mapping[str, str]
    """What it can say, by itself, and what that is here."""
    known: frozenset[str] | None
    """All that it can say; None where anything can be asked."""
    version: int = 1
    """Raise it when the same answers could come to other findings, or the questions change."""


def defused(text: str) -> str:
    """Return ``text`` with every mark that a chat template might take for its own broken by a blank.

    Servers read ``<|eot_id|>``, ``<end_of_turn>``, ``</s>`` or ``[/INST]`` within a message as the end of it, so that a text could go on
    in the judge's name.

    >>> defused("a <b> <|eot_id|> [/INST] 1 < 2")
    'a < b> < |eot_id|> [ /INST] 1 < 2'
    """
    return _MARK.sub(lambda mark: mark[0] + " ", text)


def chat(text: str, zone: Zone) -> tuple[tuple[str, str], ...]:
    """Return ``text`` as the turn of a chat it would be: the user's, or the assistant's."""
    if zone is Zone.ANSWER:
        return (("user", NOT_SHOWN), ("assistant", text))
    return (("user", text),)


def babble(format_: str) -> ServiceError:
    """Return the error for an answer that is none. It does not quote it: a judge may repeat what it read."""
    return ServiceError(f"the judge's answer is not of the format {format_}")
