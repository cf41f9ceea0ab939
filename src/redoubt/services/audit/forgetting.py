"""The port of what makes the log forget, and of what keeps it from forgetting.

To forget is to destroy data keys: the entries stay, byte for byte, and so does the tree; the ciphertexts beside them open for nobody any
more. A hold wins over erasure and over retention, also where both come at the same moment.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hold:
    """A person's texts are kept, whoever asks for their erasure and however old they are."""

    id: str
    tenant: str
    subject: str
    """As entries name the person."""
    reason: str
    by: str
    """Principal that placed it."""
    at: float
    """Seconds since the epoch, UTC, as all times here."""
    until: float | None
    """None: until somebody releases it."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed at once."""

    keys: int
    """Data keys: one for each person and month."""
    entries: int
    """Entries that lost their text; -1 where that was not counted."""


class Forgetting(Protocol):
    """Destroys data keys. All methods raise ServiceError where the store cannot answer."""

    async def knows(self, tenant: str, subject: str) -> bool:
        """Tell whether anything of a person is, or was, in the log."""

    async def erase(self, tenant: str, subject: str, by: str) -> Destroyed:
        """Destroy the data keys of a person, and the fingerprints of their values. Raises HeldError, and then nothing was destroyed."""

    async def retire(self, before: float, by: str) -> Destroyed:
        """Destroy the data keys of the months that ended before the time ``before``, but for those of persons who are held."""

    async def scrub(self) -> tuple[str, ...]:
        """Overwrite what was deleted from the store, as far as it can be reached; return where copies may lie besides, in words."""

    async def hold(self, hold: Hold) -> None:
        """Place a hold; durable on return. A person who is not in the log yet can be held."""

    async def release(self, tenant: str, subject: str, by: str) -> int:
        """Release the holds of a person; return how many there were."""

    async def holds(self) -> tuple[Hold, ...]:
        """Return the holds in force, oldest first."""

    async def generation(self) -> int:
        """Return a number that grows with each destruction: who has keys in memory compares it."""
