"""The identity port: API keys.

A key is ``rdt_`` + 256 random bits + a checksum; the store keeps a keyed hash (HMAC-SHA-256) of it and nothing from
which it could be had back. Look-ups go by the key's hash, and comparisons take constant time.
"""

from dataclasses import dataclass
from typing import Protocol

from redoubt.domain.principal import OPERATOR_TENANT, Kind, Principal
from redoubt.domain.rights import Grant


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody whom an identity provider vouches for; the token that says so has been verified."""

    issuer: str
    subject: str
    """The provider's own id of the person (``sub``), unique within the issuer and never given to another."""
    name: str
    groups: tuple[str, ...] = ()
    """As the provider names them; a grant to a group's name, and nothing else, makes rights of them."""
    credential: str = ""
    """Public id of the session or token."""
    app: str = "default"
    tenant: str = OPERATOR_TENANT
    kind: Kind = Kind.USER
    grants: tuple[Grant, ...] = ()
    """What the configuration gives its groups (``[[identity.issuers]] roles``)."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What is kept of an API key."""

    id: str
    """Public id, ``key_...``."""
    prefix: str
    """The first characters of the key, so that its owner can tell which one it is."""
    name: str
    app: str
    role: str
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None
    per_second: int | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `secret` is shown once and kept nowhere."""

    info: KeyInfo
    secret: str


class Identity(Protocol):
    """Finds the principal behind a credential."""

    def authenticate(self, credential: str) -> Principal:
        """Return who holds ``credential``; synchronous and cheap (microseconds), since every request asks.

        Raises IdentityError for an unknown, malformed, expired or revoked key, always with the same public message;
        ServiceError where the store cannot answer. A revocation is seen within one second by every process.
        """

    def create(
        self,
        *,
        name: str,
        app: str = "default",
        role: str = "developer",
        expires_at: float | None = None,
        per_second: int | None = None,
        per_minute: int | None = None,
    ) -> NewKey:
        """Make a key."""

    def list(self) -> tuple[KeyInfo, ...]:
        """Return all keys, oldest first, revoked and expired ones too."""

    def revoke(self, key_id: str) -> KeyInfo:
        """Revoke a key by id; raises InputError where there is none of that id."""
