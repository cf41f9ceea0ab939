"""The port of sessions: what stands between two requests of a person who logged in with a browser.

A session's secret is 256 random bits in its cookie; the store keeps a keyed hash of it and nothing from which it could be had back. Every
look-up asks the store, so that a logout is seen everywhere at once.
"""

from dataclasses import dataclass
from typing import Protocol

from redoubt.services.identity.interface import Outsider


@dataclass(frozen=True, slots=True)
class Session:
    """A person who logged in."""

    who: Outsider
    """Its `credential` is the session's public id, ``ses_...``."""
    roles: tuple[str, ...]
    """Those it had when the secret was made; with other roles goes another secret."""
    ends_at: float
    """Seconds since the epoch; it ends sooner where it is not used."""


class Sessions(Protocol):
    """Sessions by their secrets. All methods raise ServiceError where the store does not answer."""

    async def begin(self, who: Outsider, roles: tuple[str, ...]) -> str:
        """Begin a session; return its secret."""

    async def find(self, secret: str) -> Session:
        """Return the session, and note that it is used. Raises IdentityError where there is none, or it has ended; both read alike."""

    async def renew(self, secret: str, roles: tuple[str, ...]) -> str:
        """Give the session another secret and return it; the old one opens nothing any more. Raises IdentityError."""

    async def end(self, secret: str) -> None:
        """End the session, if it is one."""

    def token(self, secret: str) -> str:
        """Return what a page must send back with each change (CSRF): it follows from the session's secret, which the page cannot read."""

    async def purge(self) -> int:
        """Delete sessions that have ended; return how many."""
