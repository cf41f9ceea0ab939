"""The directory port: principals, their grants, roles and keys, and how they are changed.

Whoever changes something does so with its own rights. Implementations MUST refuse (RightsError), and change nothing,

* to hand out rights (by a grant, a role, a key, a secret) that whoever acts does not hold itself, within the same limits;
* to change the grants or the standing of somebody who may do more than whoever acts, or to rotate or revoke its keys;
* to change the grants of whoever acts, or a role that it holds;
* whatever belongs to another tenant, which no list shows to an outsider either;
* what would leave the operator's tenant without an administrator: a principal that is enabled, holds `ADMIN` everywhere by a grant of its
  own, and has a key that is neither revoked nor expired nor narrowed by scopes.

These hold however many processes change things at once.
"""

from dataclasses import dataclass
from typing import Protocol

from redoubt.domain.errors import InputError
from redoubt.domain.principal import Kind, Principal
from redoubt.domain.rights import Grant


class NotThereError(InputError):
    """There is no principal, grant, role or key of that id or name."""


class NotFirstError(InputError):
    """There is a key already: what was to be the first one was not made."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What is kept of an API key."""

    id: str
    """Public id, ``key_...``."""
    prefix: str
    """The first characters of the key, so that its owner can tell which one it is."""
    name: str
    principal: str
    """Whose key it is."""
    app: str
    tenant: str
    roles: tuple[str, ...]
    created_at: float
    scopes: tuple[str, ...] = ()
    """The only actions it is good for; empty: all that its principal may do."""
    addresses: tuple[str, ...] = ()
    """The only networks (CIDR) that it may be used from; empty: all."""
    expires_at: float | None = None
    revoked_at: float | None = None
    overlap_until: float | None = None
    """Until then the secret before the last rotation works too."""
    last_used_at: float | None = None
    """To the minute."""
    per_second: int | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made or rotated. `secret` is shown once and kept nowhere."""

    info: KeyInfo
    secret: str


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key to make."""

    name: str
    scopes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    expires_at: float | None = None
    per_second: int | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class GrantInfo:
    """A grant, and who has it."""

    id: str
    """``grn_...``."""
    grant: Grant
    tenant: str
    principal: str = ""
    """Empty where a group has it."""
    group: str = ""
    """Name of the identity provider's group, empty where a principal has it."""


@dataclass(frozen=True, slots=True)
class PrincipalInfo:
    """What is kept of a principal."""

    id: str
    name: str
    kind: Kind
    app: str
    tenant: str
    created_at: float
    disabled_at: float | None = None
    trusted: bool = False
    """It may name its end users (`Principal.trusted`)."""
    grants: tuple[GrantInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class PrincipalDraft:
    """A principal to make."""

    name: str
    kind: Kind = Kind.SERVICE
    app: str = "default"
    tenant: str = ""
    """Empty: the tenant of whoever makes it; another one's only the operator's administrators may name."""
    trusted: bool = False
    grants: tuple[Grant, ...] = ()
    id: str = ""
    """Given where it is the id of an outsider (`Identity.resolve`), else it is made."""


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A role and the actions that it allows."""

    name: str
    actions: tuple[str, ...]
    built_in: bool


class Directory(Protocol):
    """The principals as one of them may see and change them. Every change is durable on return; ServiceError where it cannot be made."""

    def on_behalf(self, of: Principal) -> "Directory":
        """Return the directory as ``of`` may use it; the one that `compose` makes acts for whoever runs the installation."""

    def list_principals(self) -> tuple[PrincipalInfo, ...]:
        """Return all principals of the tenant, oldest first."""

    def make_principal(self, draft: PrincipalDraft, number: str = "") -> PrincipalInfo:
        """Make a principal with its grants. ``number`` (16 hexadecimal digits) is for its id, else one is drawn."""

    def change(
        self, principal: str, *, disabled: bool | None = None, trusted: bool | None = None
    ) -> PrincipalInfo:
        """Shut a principal out or let it in again; say whether it may name its end users. None: as it is."""

    def list_groups(self) -> tuple[GrantInfo, ...]:
        """Return the grants that groups of the identity provider have."""

    def grant(self, grant: Grant, *, principal: str = "", group: str = "", number: str = "") -> GrantInfo:
        """Give a principal or a group a role."""

    def withdraw(self, grant: str) -> GrantInfo:
        """Take a grant back, by its id."""

    def list_roles(self) -> tuple[RoleInfo, ...]:
        """Return the roles there are: the built-in ones, then the tenant's own by name."""

    def put_role(self, name: str, actions: tuple[str, ...]) -> RoleInfo:
        """Make a role, or say anew what one of the tenant's own allows; everybody who has it is concerned at once."""

    def delete_role(self, name: str) -> RoleInfo:
        """Delete a role that nobody has."""

    def list_keys(self) -> tuple[KeyInfo, ...]:
        """Return all keys of the tenant, oldest first, revoked and expired ones too."""

    def make_key(self, principal: str, draft: KeyDraft, number: str = "") -> NewKey:
        """Make a key for a principal."""

    def make_service(
        self, draft: PrincipalDraft, key: KeyDraft, number: str = "", *, first: bool = False
    ) -> NewKey:
        """Make a principal and its first key at once; with ``first`` only where nobody has any key yet, else NotFirstError."""

    def rotate_key(self, key: str, overlap: float) -> NewKey:
        """Give a key a new secret; the one it has works for ``overlap`` more seconds, and one before that no longer."""

    def revoke_key(self, key: str) -> KeyInfo:
        """Revoke a key: from now on it opens nothing."""
