"""Entries as events of the Open Cybersecurity Schema Framework: the one place that knows its numbers.

Pinned to OCSF 1.5.0 (https://schema.ocsf.io/1.5.0). An exchange in which something was found or refused is a Detection Finding (2004)
with the profile ``security_control``; every other exchange and every management action is API Activity (6003); a login is Authentication
(3002). Timestamps are milliseconds since the epoch, ``type_uid`` is ``class_uid`` * 100 + ``activity_id``.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from redoubt.domain.evidence import Entry
from redoubt.services.telling.clean import CATEGORIES, categories, clean
from redoubt.services.telling.interface import Told
from redoubt.services.telling.severity import severity

VERSION = "1.5.0"

DETECTION_FINDING, API_ACTIVITY, AUTHENTICATION = 2004, 6003, 3002
_CLASSES = {
    DETECTION_FINDING: ("Detection Finding", 2, "Findings"),
    API_ACTIVITY: ("API Activity", 6, "Application Activity"),
    AUTHENTICATION: ("Authentication", 3, "Identity & Access Management"),
}
"""By ``class_uid``: its name, its category and the category's name."""
_SEVERITIES = {1: "Informational", 2: "Low", 3: "Medium", 4: "High"}
_OUTCOMES = {
    "allow": (1, "Allowed", 15, "Detected"),
    "redact": (1, "Allowed", 11, "Corrected"),
    "hold": (0, "Unknown", 3, "Quarantined"),
    "deny": (2, "Denied", 2, "Blocked"),
}
"""By decision: ``action_id`` and ``disposition_id`` of the profile ``security_control``, each with its caption."""
_CRUD = {
    **dict.fromkeys(("create", "add", "import"), (1, "Create")),
    **dict.fromkeys(("list", "read", "get", "reveal", "search", "export", "verify", "bundle"), (2, "Read")),
    **dict.fromkeys(
        ("update", "write", "set", "rotate", "assign", "hold", "decide", "reload"), (3, "Update")
    ),
    **dict.fromkeys(("delete", "revoke", "remove", "erase"), (4, "Delete")),
}
"""By the last word of a management action: ``activity_id`` of API Activity."""
_OTHER = (99, "Other")
_LOGONS = {"login": (1, "Logon"), "refused": (1, "Logon"), "logout": (2, "Logoff")}
"""By a word of the action (``identity.refused`` is a credential that was no good): ``activity_id`` of Authentication."""

_encode = msgspec.json.Encoder().encode


def event(told: Told, product_version: str) -> bytes:
    """Return one event as JSON on one line."""
    return _encode(members(told, product_version))


def document(batch: Sequence[Told], product_version: str) -> bytes:
    """Return a batch as one JSON array of events."""
    return _encode([members(told, product_version) for told in batch])


def members(told: Told, product_version: str) -> dict[str, Any]:
    """Return the members of the event for an entry."""
    entry = told.entry
    class_uid, (activity, activity_name) = _class(entry)
    class_name, category, category_name = _CLASSES[class_uid]
    level = severity(entry)
    base: dict[str, Any] = {
        "activity_id": activity,
        "activity_name": activity_name,
        "category_uid": category,
        "category_name": category_name,
        "class_uid": class_uid,
        "class_name": class_name,
        "type_uid": class_uid * 100 + activity,
        "type_name": f"{class_name}: {activity_name}",
        "time": round(entry.at * 1000),
        "severity_id": int(level),
        "severity": _SEVERITIES[level],
        "message": f"Redoubt: {entry.kind} {entry.decision}",
        "metadata": _metadata(told, product_version, profiled=class_uid == DETECTION_FINDING),
        "unmapped": _unmapped(entry),
    }
    if class_uid == DETECTION_FINDING:
        return base | _finding(told)
    status, caption = (2, "Failure") if entry.decision == "deny" else (1, "Success")
    base |= {"status_id": status, "status": caption}
    if entry.note:
        base["status_detail"] = clean(entry.note)
    if class_uid == AUTHENTICATION:
        return base | {
            "user": _user(entry),
            "service": {"name": "redoubt"},
            "actor": _actor(entry),
            "is_remote": True,
        }
    return base | {
        "actor": _actor(entry),
        "api": _api(entry),
        "src_endpoint": {"name": clean(entry.app) or "unknown"},
    }


def _class(entry: Entry) -> tuple[int, tuple[int, str]]:
    if entry.kind != "admin":
        if entry.findings or entry.decision not in ("allow", ""):
            return DETECTION_FINDING, (1, "Create")
        return API_ACTIVITY, _OTHER
    words = entry.api.lower().replace("_", ".").replace("-", ".").split(".")
    for word in words:
        if word in _LOGONS:
            return AUTHENTICATION, _LOGONS[word]
    return API_ACTIVITY, _CRUD.get(words[-1], _OTHER)


def _metadata(told: Told, product_version: str, *, profiled: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "version": VERSION,
        "product": {"name": "Redoubt", "vendor_name": "Redoubt", "version": product_version},
        "uid": told.leaf.hex(),
        "sequence": told.index,
        "log_name": "audit",
        "correlation_uid": told.entry.exchange,
        "tenant_uid": clean(told.entry.tenant),
    }
    if profiled:
        metadata["profiles"] = ["security_control"]
    return metadata


def _finding(told: Told) -> dict[str, Any]:
    entry = told.entry
    action, action_name, disposition, disposition_name = _OUTCOMES.get(
        entry.decision, (0, "Unknown", 0, "Unknown")
    )
    found = categories(entry)
    return {
        "action_id": action,
        "action": action_name,
        "disposition_id": disposition,
        "disposition": disposition_name,
        "is_alert": entry.decision in ("deny", "hold"),
        "status_id": 1,
        "status": "New",
        "finding_info": {
            "uid": told.leaf.hex(),
            "title": f"{entry.kind} {entry.decision}: {found[0] if found else 'policy'}",
            "types": list(found[:CATEGORIES]),
            "created_time": round(entry.at * 1000),
        },
        "policy": {"name": clean(entry.policy) or "unknown"},
        "evidences": [{"actor": _actor(entry), "api": _api(entry), "data": {"findings": _places(entry)}}],
        "resources": [{"name": clean(entry.model) or "unknown", "type": "AI Model"}],
    }


def _places(entry: Entry) -> list[dict[str, Any]]:
    """Say what was found where: never the text itself."""
    return [
        {
            "category": record.finding.category,
            "rule": record.finding.rule,
            "path": clean(record.path),
            "start": record.finding.start,
            "end": record.finding.end,
            "action": record.action,
        }
        for record in entry.findings[:CATEGORIES]
    ]


def _user(entry: Entry) -> dict[str, Any]:
    return {"uid": clean(entry.principal) or "unknown"}


def _actor(entry: Entry) -> dict[str, Any]:
    return {"user": _user(entry), "app_name": clean(entry.app) or "unknown"}


def _api(entry: Entry) -> dict[str, Any]:
    api: dict[str, Any] = {"operation": clean(entry.api) or "unknown", "request": {"uid": entry.exchange}}
    if entry.upstream:
        api["service"] = {"name": clean(entry.upstream)}
    return api


def _unmapped(entry: Entry) -> dict[str, Any]:
    """Say what the schema has no place for."""
    said = {
        "decision": entry.decision,
        "kind": entry.kind,
        "subject": clean(entry.subject),
        "model": clean(entry.model),
        "input_tokens": entry.input_tokens,
        "output_tokens": entry.output_tokens,
        "latency_ms": entry.latency_ms,
        "findings": len(entry.findings),
    }
    return {name: value for name, value in said.items() if value not in (None, "")}
