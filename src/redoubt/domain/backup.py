"""What a backup holds, as whoever made, checked or restored it is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Tell = Callable[[str, int, int], None]
"""Told how far it has come: the table, and how many rows of how many are done."""


@dataclass(frozen=True, slots=True)
class Backup:
    """Keys and records of one installation at one moment."""

    made_at: float
    """Seconds since the epoch, UTC."""
    version: str
    """Of Redoubt, that made it."""
    master: bytes = field(repr=False)
    """The master key."""
    rows: Mapping[str, int]
    """How many of each table."""
    size: int
    """Entries in the tree of the log."""
    checkpoint: str
    """Signed note (C2SP tlog-checkpoint) of the log as it was."""
    erased_again: int = 0
    """Data keys in it that had been destroyed since, and were destroyed again when it was restored."""
