"""A value and the word that stands for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alias:
    """One pseudonym and the value behind it."""

    pseudonym: str
    value: str
    category: str
