"""Who acts."""

from dataclasses import dataclass
from enum import StrEnum

from redoubt.domain.rights import NONE, Rights, resolve
from redoubt.domain.rights import Grant as Grant

OPERATOR_TENANT = "default"
"""The tenant of whoever runs the gateway; its administrators see the records of all tenants."""
LOCAL_TENANT = "local"
"""The command line's, on the operator's own machine: the operator's tenant sees its records."""

KEY = "key_"
"""How the public ids of keys begin."""


class Kind(StrEnum):
    """What a principal is."""

    USER = "user"
    """A person."""
    SERVICE = "service"
    """A program."""
    AGENT = "agent"
    """A program that decides by itself what it does next."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, service or agent that an enforcement point has identified, and what it may do."""

    id: str
    """Stable id: ``usr_``, ``svc_`` or ``agt_`` and digits (``key_`` for one that was once a key alone); never a credential."""
    name: str
    app: str = "default"
    """The application it acts for: the unit of policy and of the vault's isolation."""
    tenant: str = OPERATOR_TENANT
    kind: Kind = Kind.SERVICE
    roles: tuple[str, ...] = ()
    """The roles it has been granted, in the order of their names; policy chooses by them, rights decide."""
    rights: Rights = NONE
    """What it may do with the credential it came with. Nothing, unless somebody granted it."""
    credential: str = ""
    """The public id of the key (``key_...``) or session it came with; empty where there is none."""
    end_user: str = ""
    """The person behind the application where it names one, else empty: pseudonyms are kept apart by it."""
    trusted: bool = False
    """It may name its end users: who is named is then the subject of what is recorded."""
    administrator: bool = False
    """It was granted `ADMIN` without limits; where its tenant is the operator's, there are others for it."""
    limits: tuple[tuple[str, int], ...] = ()
    """(``second`` | ``minute``, number of requests) the key is held to; empty means the server's default."""

    @property
    def key(self) -> str:
        """What a limit on keys counts: its key, or itself where it came with a token or a session, of which it may have any number."""
        return self.credential if self.credential.startswith(KEY) else self.id

    @property
    def subject(self) -> str:
        """Whose data it is: the end user's where a trusted application names one, else the principal's own."""
        return self.end_user if self.trusted and self.end_user else self.id

    @property
    def sees_all_tenants(self) -> bool:
        """Tell whether it may look beyond its own tenant: the operator's administrators may."""
        return self.tenant == OPERATOR_TENANT and self.administrator

    def sees(self, tenant: str) -> bool:
        """Tell whether records of ``tenant`` are there for it at all."""
        return (
            tenant == self.tenant
            or self.sees_all_tenants
            or (tenant == LOCAL_TENANT and self.tenant == OPERATOR_TENANT)
        )


def built_in(*roles: str) -> Rights:
    """Return the rights of built-in roles, granted everywhere."""
    return resolve((Grant(role) for role in roles), {})
