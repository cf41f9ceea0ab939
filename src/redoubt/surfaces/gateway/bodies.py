"""The bodies of the management API. What decodes a request is what its OpenAPI document describes."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=10_000_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Session = Annotated[str, Meta(pattern="^[A-Za-z0-9._:@-]{1,128}$")]
SegmentRole = Literal[
    "system", "developer", "user", "assistant", "tool_call", "tool_result", "tool_definition", "document"
]


class InspectRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A text to inspect, as if it crossed the gateway."""

    text: Text
    role: SegmentRole = "user"
    direction: Literal["prompt", "answer"] = "prompt"
    model: str = ""


class FindingBody(Struct, frozen=True, omit_defaults=True):
    """One finding; it points at the text and never carries it. ``false_alarm`` is there where it was measured."""

    category: str
    rule: str
    start: int
    end: int
    confidence: float
    view: str
    action: str
    false_alarm: float | None = None


class InspectReply(Struct, frozen=True):
    """What was found, and what policy says."""

    decision: Literal["allow", "redact", "hold", "deny"]
    findings: list[FindingBody]
    reasons: list[str]
    errors: list[str]


class MaskRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A text to mask as policy says; without a session, one is made."""

    text: Text
    role: SegmentRole = "user"
    session: Session | None = None


class MaskReply(Struct, frozen=True):
    """The masked text, and the session in which it can be restored. A text that policy denies or holds is not given out: it is empty."""

    text: str
    session: str
    decision: Literal["allow", "redact", "hold", "deny"]
    findings: list[FindingBody]


class RestoreRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A text whose pseudonyms are to be turned back, in the session that made them."""

    text: Text
    session: Session


class RestoreReply(Struct, frozen=True):
    """The restored text."""

    text: str


class RecordBody(Struct, frozen=True):
    """A finding as the log keeps it."""

    category: str
    rule: str
    path: str
    start: int
    end: int
    confidence: float
    view: str
    action: str


class EntryBody(Struct, frozen=True):
    """One line of the audit log."""

    index: int
    leaf: str
    exchange: str
    kind: str
    at: float
    principal: str
    app: str
    tenant: str
    subject: str
    decision: str
    upstream: str
    model: str
    api: str
    policy: str
    findings: list[RecordBody]
    reasons: list[str]
    errors: list[str]
    input_tokens: int | None
    output_tokens: int | None
    latency_ms: float | None
    note: str
    text: str


class EntryList(Struct, frozen=True):
    """Entries, newest first."""

    entries: list[EntryBody]


class HeadBody(Struct, frozen=True):
    """Size and root hash (hexadecimal) of the log's tree, RFC 9162."""

    size: int
    root: str


class PolicyBody(Struct, frozen=True):
    """A policy."""

    name: str
    digest: str
    in_force: bool
    rules: list[str]


class PolicyList(Struct, frozen=True):
    """The policies; the one in force decides about every exchange."""

    policies: list[PolicyBody]


class ReloadReply(Struct, frozen=True):
    """What became of a reload. ``changed`` is false where the files say what was in force already."""

    before: str
    now: str
    changed: bool
    tests: int


class LimitBody(Struct, frozen=True):
    """A limit and how it stands. Amounts are decimal numbers of its unit, as text; of cost: of the currency."""

    id: str
    scope: str
    unit: str
    amount: str
    per: str
    burst: str
    match: dict[str, list[str]]
    shadow: bool
    used: str
    """Reserved or settled in the present period."""
    left: str
    free_in: float
    """Seconds until all of it is free again, if nothing more is taken; 0: it is."""
    currency: str


class LimitList(Struct, frozen=True):
    """The limits that apply."""

    limits: list[LimitBody]


class Fault(Struct, frozen=True):
    """What went wrong."""

    code: str
    message: str
    pointer: str = ""


class FaultReply(Struct, frozen=True):
    """An error."""

    error: Fault
