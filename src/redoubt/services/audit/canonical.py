"""The bytes of an entry that the tree vouches for: canonical JSON (RFC 8785).

All numbers are integers (times in microseconds, confidence in thousandths), so that the number format of RFC 8785 needs no care, and all
member names are ASCII, so that sorting them by code point is sorting them by UTF-16 unit.
"""

from hashlib import sha256
from typing import Any

import msgspec

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding

FORMAT = 1
"""Stands in every entry as ``v``; entries of every format ever written stay readable."""

_encoder = msgspec.json.Encoder(order="sorted")
_decode = msgspec.json.Decoder().decode


def canonical(entry: Entry, sealed: bytes) -> bytes:
    """Return the canonical form of ``entry``, whose text was encrypted to ``sealed``; it holds the digest of that.

    Members that are empty or unknown are left out.
    """
    members: dict[str, Any] = {
        "v": FORMAT,
        "exchange": entry.exchange,
        "kind": entry.kind,
        "at_us": round(entry.at * 1_000_000),
        "principal": entry.principal,
        "app": entry.app,
        "tenant": entry.tenant,
        "subject": entry.subject,
        "decision": entry.decision,
        "upstream": entry.upstream,
        "model": entry.model,
        "api": entry.api,
        "policy": entry.policy,
        "findings": [_finding(record) for record in entry.findings],
        "reasons": list(entry.reasons),
        "errors": list(entry.errors),
        "input_tokens": entry.input_tokens,
        "output_tokens": entry.output_tokens,
        "latency_us": None if entry.latency_ms is None else round(entry.latency_ms * 1000),
        "note": entry.note,
        "text_sha256": sha256(sealed).hexdigest() if sealed else "",
    }
    return _encoder.encode({name: value for name, value in members.items() if value not in (None, "", [])})


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


def _finding(record: FindingRecord) -> dict[str, Any]:
    finding = record.finding
    return {
        "category": finding.category,
        "rule": finding.rule,
        "start": finding.start,
        "end": finding.end,
        "confidence_milli": round(finding.confidence * 1000),
        "view": finding.view,
        "path": record.path,
        "action": record.action,
    }


def _record(m: dict[str, Any]) -> FindingRecord:
    finding = Finding(m["category"], m["rule"], m["start"], m["end"], m["confidence_milli"] / 1000, m["view"])
    return FindingRecord(finding, m["path"], m["action"])
