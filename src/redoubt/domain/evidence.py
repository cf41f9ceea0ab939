"""The record that something operated."""

from dataclasses import dataclass

from redoubt.domain.finding import Finding


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding as the log keeps it: category and place, never the text."""

    finding: Finding
    path: str
    """JSON pointer of the segment it was found in."""
    action: str
    """Name of the action that was taken (`redoubt.domain.decision.Action`, lower case)."""
    mark: bytes = b""
    """Keyed fingerprint of the value, 16 bytes, by which the log is searched for it; empty where the value tells nobody apart. It is
    kept beside the entry, not in it, and is not read back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log: one direction of one exchange, or one management action."""

    exchange: str
    """Id of the exchange (``x-redoubt-exchange``)."""
    kind: str
    """``prompt``, ``answer`` or ``admin``."""
    at: float
    """Server time, seconds since the epoch (UTC)."""
    principal: str
    app: str
    tenant: str
    subject: str
    """The person that the data is about: the end user where an app names one, else the principal."""
    decision: str
    """``allow``, ``redact``, ``hold`` or ``deny``."""
    upstream: str = ""
    model: str = ""
    api: str = ""
    """The wire protocol, e.g. ``openai.chat``, or the management action, e.g. ``keys.create``."""
    policy: str = ""
    """Name and digest of the policy in force."""
    findings: tuple[FindingRecord, ...] = ()
    reasons: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: float | None = None
    """From the request's first byte to this entry."""
    note: str = ""
    """A word on how it ended where that is not plain: ``client went away``, ``upstream failed``."""
    text: str = ""
    """What crossed, as one JSON document of segments; it is encrypted before it is stored and never stored in clear."""
