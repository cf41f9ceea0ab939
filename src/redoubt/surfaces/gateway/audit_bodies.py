"""The bodies of the management API about what is found in the log, who may read it, and how it forgets."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from redoubt.surfaces.gateway.bodies import EntryBody, Name

Word = Annotated[str, Meta(max_length=300)]
Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
Moment = Annotated[float, Meta(ge=0, le=253_402_300_799)]
"""Seconds since the epoch, UTC."""


class SearchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked for; all that is said must be true of an entry. ``value`` is whatever was sent: its fingerprint alone is looked up."""

    since: Moment | None = None
    until: Moment | None = None
    principal: Word = ""
    app: Word = ""
    subject: Word = ""
    category: Word = ""
    decision: Literal["", "allow", "redact", "hold", "deny"] = ""
    kind: Literal["", "prompt", "answer", "admin"] = ""
    exchange: Word = ""
    upstream: Word = ""
    model: Word = ""
    value: Annotated[str, Meta(max_length=65_536)] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    before: Annotated[int, Meta(ge=0, le=(1 << 62))] | None = None


class SearchReply(Struct, frozen=True):
    """Entries, newest first; ``next`` is the ``before`` of the next page, null where there is none."""

    entries: list[EntryBody]
    next: int | None


class ErasedBody(Struct, frozen=True):
    """What went of one person."""

    tenant: str
    subject: str
    keys: int
    entries: int
    aliases: int
    fingerprints: int
    remains: list[str]
    """Where copies may lie that Redoubt cannot reach."""


class ErasureReply(Struct, frozen=True):
    """Who was erased: as many subjects as bear the name."""

    erased: list[ErasedBody]


class HoldRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A person to hold: a principal, a subject of the log, or a name as the application ``app`` (default: all) sends it."""

    subject: Annotated[str, Meta(min_length=1, max_length=300)]
    reason: Reason
    until: Moment | None = None
    app: Name | None = None


class HoldBody(Struct, frozen=True):
    """A hold in force."""

    id: str
    tenant: str
    subject: str
    reason: str
    by: str
    at: float
    until: float | None


class HoldList(Struct, frozen=True):
    """Holds, oldest first."""

    holds: list[HoldBody]


class ReleaseReply(Struct, frozen=True):
    """How many holds were released."""

    released: int


class RevealRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An exchange whose texts must be seen, and why."""

    exchange: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: Reason


class RevealBody(Struct, frozen=True):
    """A request to see texts."""

    id: str
    exchange: str
    reason: str
    by: str
    at: float
    expires_at: float
    approved_by: str | None
    state: Literal["waiting", "approved", "opened", "expired"]


class RevealList(Struct, frozen=True):
    """Requests, newest first."""

    reveals: list[RevealBody]
