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


class _Finding(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The members of a finding, in the order of their names: so they are written."""

    action: str
    category: str
    confidence_milli: int
    end: int
    false_alarm_ppm: int | None = None
    path: str
    rule: str
    start: int
    view: str


class _Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The members of an entry, in the order of their names: so they are written."""

    api: str = ""
    app: str = ""
    at_us: int
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
    v: int


def canonical(entry: Entry, sealed: bytes) -> bytes:
    """Return the canonical form of ``entry``, whose text was encrypted to ``sealed``; it holds the digest of that.

    Members that are empty or unknown are left out. So are the fingerprints of values: they must be able to go, and these bytes stay.
    """
    members = _Entry(
        api=entry.api,
        app=entry.app,
        at_us=round(entry.at * 1_000_000),
        decision=entry.decision,
        errors=entry.errors,
        exchange=entry.exchange,
        findings=tuple(_finding(record) for record in entry.findings) if entry.findings else (),
        input_tokens=entry.input_tokens,
        kind=entry.kind,
        latency_us=None if entry.latency_ms is None else round(entry.latency_ms * 1000),
        model=entry.model,
        note=entry.note,
        output_tokens=entry.output_tokens,
        policy=entry.policy,
        principal=entry.principal,
        reasons=entry.reasons,
        subject=entry.subject,
        tenant=entry.tenant,
        text_sha256=sha256(sealed).hexdigest() if sealed else "",
        upstream=entry.upstream,
        v=FORMAT,
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
        action=record.action,
        category=finding.category,
        confidence_milli=round(finding.confidence * 1000),
        end=finding.end,
        false_alarm_ppm=None if finding.false_alarm is None else round(finding.false_alarm * 1_000_000),
        path=record.path,
        rule=finding.rule,
        start=finding.start,
        view=finding.view,
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
