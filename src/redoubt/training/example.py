"""One labelled text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from redoubt.domain.zone import Zone


class Head(StrEnum):
    """What a model is asked."""

    ATTACK = "attack"
    """Does it try to misuse the model (user zone), or give it orders that its carrier has no business giving (external zone)?"""
    HARM = "harm"
    """Does it hurt?"""
    NAMES = "names"
    """Where are persons, places, organisations, addresses?"""


HARMS = (
    "toxicity",
    "hate",
    "harassment",
    "threat",
    "sexual",
    "self_harm",
    "violence",
    "illicit",
    "profanity",
)
"""The labels of the harm head, in the order of its outputs; the category is ``harm.<label>``."""

NAMES = ("PERSON", "LOCATION", "ORGANISATION", "ADDRESS", "USERNAME", "DATE_OF_BIRTH")
"""The types of the names head; the category is ``pii.<type in lower case>``."""

DOCUMENT = "external"
"""`Example.task` of texts from outside that are asked for orders."""

ORDER = "ORDER"
"""Type of a span that gives orders to the assistant (external zone)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text, in code points."""

    start: int
    end: int
    type: str
    """One of `NAMES`, or `ORDER`."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known about it."""

    text: str
    head: Head
    zone: Zone
    label: bool | None = None
    """Attack head: whether it is one."""
    labels: Mapping[str, bool] = field(default_factory=dict)
    """Harm head: what is known of each of `HARMS`; a label that is missing is unknown, not false."""
    spans: tuple[Span, ...] = ()
    """Names head: every name in it. Attack head, external zone: the orders, where they are known."""
    kind: str = ""
    """What sort of text it is: ``jailbreak.roleplay``, ``twin.security_question``, ``ticket``."""
    lang: str = "en"
    """BCP 47."""
    source: str = "generated"
    """Where it comes from; whole sources are left out to judge the model on what it has not seen."""

    @property
    def task(self) -> str:
        """What is learned from it: ``user``, ``external``, ``harm`` or ``names``."""
        return self.zone.value if self.head is Head.ATTACK else self.head.value
