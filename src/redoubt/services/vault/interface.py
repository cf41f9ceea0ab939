"""The vault's port.

Scope is everything: a pseudonym can be turned back only in the scope (tenant, app, principal, session) that made it. Values are encrypted
at rest under a key derived for the scope; the store sees no value, and an entry moved to another scope does not open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from redoubt.domain.pseudonym import Alias as Alias


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose pseudonyms these are. Two scopes share nothing."""

    tenant: str
    app: str
    principal: str
    """Principal id, and the end user where the application names one."""
    session: str = ""
    """The session the caller names (``x-redoubt-session``, a Responses chain); empty: this exchange alone."""
    subject: str = field(default="", compare=False)
    """The person that it is about (`Entry.subject`), by whom it can be forgotten; it tells no scopes apart."""


class Vault(Protocol):
    """Keeps the aliases of named sessions. Exchanges without a session never reach it."""

    def key(self, scope: Scope) -> bytes:
        """Return 32 secret bytes, stable for ``scope`` (session included) and different for every other.

        Pseudonyms are derived from it. No I/O.
        """

    async def load(self, scope: Scope) -> tuple[Alias, ...]:
        """Return the unexpired aliases of a session, oldest first; raises ServiceError where the store cannot answer."""

    async def save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        """Keep ``aliases`` and renew the session's time to live; durable on return; raises ServiceError."""

    async def claim(self, name: str, owner: Scope) -> bool:
        """Bind the id of what a provider keeps (a stored answer, a conversation) to ``owner``, unless it is bound already.

        Returns whether it is the owner's now; durable on return; raises ServiceError. Ids are the provider's: within a tenant each is
        one owner's, whose session is of no account.
        """

    async def owns(self, name: str, owner: Scope) -> bool:
        """Tell whether the id ``name`` is bound to ``owner``; raises ServiceError."""

    async def forget(self, scope: Scope) -> int:
        """Delete a session; return how many aliases it held."""

    async def forget_person(self, tenant: str, subject: str) -> int:
        """Delete all sessions of a person; return how many aliases they held; raises ServiceError.

        Ids that providers keep stay bound: they hold nothing of what was said, and must not become somebody else's.
        """

    async def purge(self) -> Mapping[str, int]:
        """Delete what has expired; return how many aliases went, per tenant."""
