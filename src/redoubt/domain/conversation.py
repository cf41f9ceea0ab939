"""What somebody and a chatbot told each other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """One text of a conversation."""

    who: str
    """``user``, ``assistant``, ``tool``, ``system`` or ``attachment``."""
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a provider exported it."""

    id: str
    title: str
    at: float | None
    """When it began, seconds since the epoch (UTC); None where the export does not say."""
    turns: tuple[Turn, ...]
