"""The identity port: who comes with a credential.

An API key is ``rdt_`` + 256 random bits + a checksum; the store keeps a keyed hash (HMAC-SHA-256) of it and nothing from
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
    """What the configuration grants its groups (``[[identity.issuers]] roles``)."""


class Identity(Protocol):
    """Finds the principal behind a credential. A change of keys, grants, roles or principals is seen by every process within a second."""

    def authenticate(self, credential: str, address: str = "") -> Principal:
        """Return who holds ``credential``, an API key, and what it may do; synchronous and cheap (microseconds): every request asks.

        ``address`` is the caller's, empty where it is not known: a key that is bound to addresses is then refused. Raises IdentityError
        for a key that is unknown, malformed, expired, revoked, used from elsewhere, or whose principal is disabled, always with the same
        public message; ServiceError where the store cannot answer.
        """

    def resolve(self, outsider: Outsider) -> Principal:
        """Return the principal of somebody whom an identity provider vouches for: its own grants, and those of its groups.

        Nobody granted anything: no rights. The id is made of issuer and subject, so that it stays the same; nothing is written. Raises
        IdentityError where that principal is disabled or of another tenant; ServiceError where the store cannot answer.
        """

    def note_use(self) -> int:
        """Write down when keys were last used, to the minute, and return of how many. Raises ServiceError.

        Requests only remember it: a task of its own calls this now and then.
        """

    def check(self) -> None:
        """Raise ServiceError where the store cannot answer."""
