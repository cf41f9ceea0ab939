"""Who acts."""

from dataclasses import dataclass
from enum import StrEnum

ROLES = ("developer", "auditor", "admin")
"""What a key may be for."""


OPERATOR_TENANT = "default"
"""The tenant of whoever runs the gateway; its administrators see the records of all tenants."""


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
    """A person, service or agent that an enforcement point has identified."""

    id: str
    """Stable id; for an API key the key's public id (``key_...``), never the key."""
    name: str
    app: str = "default"
    """The application it acts for: the unit of policy and of the vault's isolation."""
    role: str = "developer"
    tenant: str = "default"
    end_user: str = ""
    """The person behind the application where the application names one, else empty."""
    limits: tuple[tuple[str, int], ...] = ()
    """(``second`` | ``minute``, number of requests) the key is held to; empty means the server's default."""

    @property
    def subject(self) -> str:
        """The person that what it says is about."""
        return self.end_user or self.id
