"""The port of bearer tokens that somebody else issues."""

from typing import Protocol

from redoubt.services.identity.interface import Outsider


class Tokens(Protocol):
    """Verifies tokens of the issuers that the operator configured."""

    async def verify(self, token: str) -> Outsider:
        """Return who ``token`` is about.

        Raises TokenError, whatever the bytes and always with the same public message, and ServiceError where the issuer's keys cannot be
        had. One that was verified a moment ago costs microseconds; a key that is withdrawn is seen when the keys are next looked at.
        """

    async def refresh(self) -> tuple[str, ...]:
        """Look at the keys of all issuers again. Return, for those where that failed, a sentence that says so; never raises for them."""

    @property
    def every(self) -> float:
        """Seconds between two refreshes."""
