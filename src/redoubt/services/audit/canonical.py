"""The bytes of an entry that the tree vouches for: canonical JSON (RFC 8785).

All numbers are integers (times in microseconds, confidence in thousandths, shares in millionths), so that the number format of RFC 8785
needs no care, and all member names are ASCII, so that sorting them by code point is sorting them by UTF-16 unit.
"""

from hashlib import sha256
from typing import Any

import msgspec

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding

FORMAT = 1
"""Stands in every entry as ``v``; entries of every format ever written stay readable."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class _Finding(msgspec.Struct, gc=False):
    """The members of a finding, in the order of their names: so they are written, and so they are given."""

    action: str
    category: str
    confidence_milli: int
    end: int
    false_alarm_ppm: int | msgspec.UnsetType
    path: str
    rule: str
    start: int
    view: str


class _Entry(msgspec.Struct, omit_defaults=True, gc=False):
    """The members of an entry, in the order of their names: so they are written, and so they are given.

    What is as it stands here is left out; UNSET stands where no value may be.
    """

    api: str = ""
    app: str = ""
    at_us: int | msgspec.UnsetType = msgspec.UNSET
    decision: str = ""
    errors: tuple[str, ...] = ()
    exchange: str = ""
    findings: tuple[_Finding, ...] = ()
    input_tokens: int | None = None
    kind: str = ""
    latency_us: int | None = None
    model: str = ""
    note: str = ""
    output_tokens: int | None = None
    policy: str = ""
    principal: str = ""
    reasons: tuple[str, ...] = ()
    subject: str = ""
    tenant: str = ""
    text_sha256: str = ""
    upstream: str = ""
    v: int | msgspec.UnsetType = msgspec.UNSET


def canonical(entry: Entry, sealed: bytes) -> bytes:
    """Return the canonical form of ``entry``, whose text was encrypted to ``sealed``; it holds the digest of that.

    Members that are empty or unknown are left out. So are the fingerprints of values: they must be able to go, and these bytes stay.
    """
    # Members by place, not by name: that is half of what this function costs.
    members = _Entry(
        entry.api,
        entry.app,
        round(entry.at * 1_000_000),
        entry.decision,
        entry.errors,
        entry.exchange,
        tuple([_finding(record) for record in entry.findings]),
        entry.input_tokens,
        entry.kind,
        None if entry.latency_ms is None else round(entry.latency_ms * 1000),
        entry.model,
        entry.note,
        entry.output_tokens,
        entry.policy,
        entry.principal,
        entry.reasons,
        entry.subject,
        entry.tenant,
        sha256(sealed).hexdigest() if sealed else "",
        entry.upstream,
        FORMAT,
    )
    return _encode(members)


def parse(body: bytes) -> Entry:
    """Return the entry that `canonical` wrote, without its text. Raises ValueError where the bytes are not one."""
    try:
        m = _decode(body)
        return Entry(
            exchange=m.get("exchange", ""),
            kind=m.get("kind", ""),
            at=m["at_us"] / 1_000_000,
            principal=m.get("principal", ""),
            app=m.get("app", ""),
            tenant=m.get("tenant", ""),
            subject=m.get("subject", ""),
            decision=m.get("decision", ""),
            upstream=m.get("upstream", ""),
            model=m.get("model", ""),
            api=m.get("api", ""),
            policy=m.get("policy", ""),
            findings=tuple(_record(f) for f in m.get("findings", ())),
            reasons=tuple(m.get("reasons", ())),
            errors=tuple(m.get("errors", ())),
            input_tokens=m.get("input_tokens"),
            output_tokens=m.get("output_tokens"),
            latency_ms=m["latency_us"] / 1000 if "latency_us" in m else None,
            note=m.get("note", ""),
        )
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an entry of the audit log") from error


def _finding(record: FindingRecord) -> _Finding:
    finding = record.finding
    return _Finding(
        record.action,
        finding.category,
        round(finding.confidence * 1000),
        finding.end,
        msgspec.UNSET if finding.false_alarm is None else round(finding.false_alarm * 1_000_000),
        record.path,
        finding.rule,
        finding.start,
        finding.view,
    )


def _record(m: dict[str, Any]) -> FindingRecord:
    ppm = m.get("false_alarm_ppm")
    finding = Finding(
        m["category"],
        m["rule"],
        m["start"],
        m["end"],
        m["confidence_milli"] / 1000,
        m["view"],
        None if ppm is None else ppm / 1_000_000,
    )
    return FindingRecord(finding, m["path"], m["action"])
