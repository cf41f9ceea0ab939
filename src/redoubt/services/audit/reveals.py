"""The port of requests to see recorded texts, where it takes two persons.

One asks, for the entries that an exchange has then; another approves, within `REQUEST_SECONDS`; the one who asked sees them, once, within
`OPEN_SECONDS`. Nobody approves their own request.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, Protocol

_ID = re.compile("rv_[0-9a-f]{16}")
REQUEST_SECONDS = 3600.0
"""How long a request waits for approval."""
State = Literal["waiting", "approved", "opened", "expired"]
OPEN_SECONDS = 900.0
"""How long an approval is good for."""


@dataclass(frozen=True, slots=True)
class Reveal:
    """A request. Times are seconds since the epoch, UTC."""

    id: str
    exchange: str
    below: int
    """Entries of this index or a higher one came after the request and are not meant."""
    reason: str
    tenant: str
    by: str
    """Principal that asks, and its tenant."""
    at: float
    expires_at: float
    """When the request lapses, or its approval."""
    approved_by: str | None = None
    approved_at: float | None = None
    opened_at: float | None = None

    def state(self, now: float) -> State:
        """Return how far it has come."""
        if self.opened_at is not None:
            return "opened"
        if self.expires_at <= now:
            return "expired"
        return "waiting" if self.approved_by is None else "approved"


def is_reveal(word: str) -> bool:
    """Tell whether ``word`` looks like the id of a request."""
    return _ID.fullmatch(word) is not None


class Reveals(Protocol):
    """Keeps requests. All methods raise ServiceError where the store cannot answer; what one gateway does, all see."""

    async def ask(self, reveal: Reveal) -> None:
        """Keep a request; durable on return."""

    async def approve(self, reveal_id: str, by: str) -> Reveal:
        """Approve a request. Raises RightsError where ``by`` asked itself, InputError where no such request waits."""

    async def open(self, reveal_id: str, by: str) -> Reveal:
        """Use an approval up. Raises RightsError where ``by`` did not ask, InputError where there is no approval, or it was used."""

    async def find(self, reveal_id: str) -> Reveal | None:
        """Return a request; None where there is none of that id."""

    async def recent(
        self, limit: int = 100, *, tenants: Collection[str] = (), by: str = "", exchange: str = ""
    ) -> tuple[Reveal, ...]:
        """Return the latest requests, newest first: of ``tenants``, of who asked, for an exchange; what is empty narrows nothing."""
