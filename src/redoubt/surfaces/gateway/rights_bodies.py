"""The bodies of the management API that are about who may do what. Times are seconds since the epoch, UTC."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from redoubt.surfaces.gateway.bodies import Name

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=100)]
Networks = Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=100)]
KindWord = Literal["user", "service", "agent"]


class KeyRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make: for ``principal``, or, without one, for a service of its own that acts for ``app`` and has ``role`` everywhere."""

    name: Name
    principal: Id | None = None
    app: Name = "default"
    role: Name = "developer"
    scopes: Words = []
    """The only actions that it is good for; none: all that its principal may do."""
    addresses: Networks = []
    """The only networks (CIDR) that it may be used from; none: all."""
    expires_at: float | None = None
    per_second: Annotated[int, Meta(ge=0)] | None = None
    per_minute: Annotated[int, Meta(ge=0)] | None = None


class RotateRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many seconds the old secret works on: 30 days at most."""

    overlap: Annotated[float, Meta(ge=0, le=2_592_000)] = 0.0


class KeyBody(Struct, frozen=True, kw_only=True):
    """What is kept of a key."""

    id: str
    prefix: str
    name: str
    principal: str
    app: str
    tenant: str
    roles: list[str]
    scopes: list[str]
    addresses: list[str]
    created_at: float
    expires_at: float | None
    revoked_at: float | None
    overlap_until: float | None
    last_used_at: float | None
    per_second: int | None
    per_minute: int | None


class NewKeyBody(Struct, frozen=True):
    """A key just made or rotated; `secret` is shown this once and kept nowhere."""

    key: KeyBody
    secret: str


class KeyList(Struct, frozen=True):
    """Keys, oldest first."""

    keys: list[KeyBody]


class GrantRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A role, and where it is given: names, compared exactly, or ``*``."""

    role: Name
    app: Name = "*"
    upstream: Name = "*"
    model: Name = "*"
    collection: Name = "*"


class GrantTo(Struct, frozen=True, forbid_unknown_fields=True):
    """A role, and who gets it: a principal by id, or a group by the name that the identity provider gives it."""

    role: Name
    principal: Annotated[str, Meta(max_length=64)] = ""
    group: Annotated[str, Meta(max_length=200)] = ""
    app: Name = "*"
    upstream: Name = "*"
    model: Name = "*"
    collection: Name = "*"


class GrantBody(Struct, frozen=True):
    """A grant; ``principal`` or ``group`` is empty."""

    id: str
    principal: str
    group: str
    role: str
    app: str
    upstream: str
    model: str
    collection: str


class PrincipalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A principal to make. ``id`` only for a person of an identity provider who has been given one (``/redoubt/v1/me``)."""

    name: Name
    kind: KindWord = "service"
    app: Name = "default"
    tenant: Annotated[str, Meta(max_length=200)] = ""
    may_name_end_user: bool = False
    grants: Annotated[list[GrantRequest], Meta(max_length=100)] = []
    id: Annotated[str, Meta(max_length=64)] = ""


class PrincipalChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; what is not named stays."""

    disabled: bool | None = None
    may_name_end_user: bool | None = None


class PrincipalBody(Struct, frozen=True, kw_only=True):
    """A principal and what it has been granted."""

    id: str
    name: str
    kind: KindWord
    app: str
    tenant: str
    created_at: float
    disabled_at: float | None
    may_name_end_user: bool
    grants: list[GrantBody]


class PrincipalList(Struct, frozen=True):
    """Principals, oldest first, and the grants of groups."""

    principals: list[PrincipalBody]
    groups: list[GrantBody]


class RoleRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The actions that a role allows."""

    actions: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(min_length=1, max_length=100)
    ]


class RoleBody(Struct, frozen=True):
    """A role and the actions that it allows."""

    name: str
    actions: list[str]
    built_in: bool


class RoleList(Struct, frozen=True):
    """The built-in roles, then the tenant's own."""

    roles: list[RoleBody]


class RightBody(Struct, frozen=True):
    """An action, and where it may be done."""

    action: str
    app: str
    upstream: str
    model: str
    collection: str


class Me(Struct, frozen=True, kw_only=True):
    """Who asks, and what it may do with the credential it came with."""

    id: str
    name: str
    kind: KindWord
    app: str
    tenant: str
    roles: list[str]
    credential: str
    may_name_end_user: bool
    rights: list[RightBody]
    csrf: str = ""
    """With a session: what to send as ``x-redoubt-csrf`` with all that changes something."""
