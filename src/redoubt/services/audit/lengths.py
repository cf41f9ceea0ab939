"""How much the audit log holds, for whoever watches it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lengths:
    """What there is at one moment, whichever gateway made it."""

    entries: int
    """That have their place in the tree."""
    unsequenced: int
    """That are durable and have none yet."""
    waiting_since: float
    """When the oldest of those was recorded, in seconds since the epoch; 0.0 where there is none."""
    data_keys: int
    """That open texts: those of subjects who were erased are gone."""
    checkpoint_entries: int
    """That the latest checkpoint vouches for; 0 where there is none."""
    checkpoint_at: float
    """When it was signed, in seconds since the epoch; 0.0 where there is none."""


class Measuring(Protocol):
    """Measures the log."""

    async def lengths(self) -> Lengths:
        """Return how much there is now. Raises ServiceError."""
