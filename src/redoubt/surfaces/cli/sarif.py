"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): what code hosts and editors read."""

from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from redoubt import __version__
from redoubt.surfaces.cli.output import printable
from redoubt.surfaces.cli.records import Record, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ERROR, _WARNING = 0.9, 0.6
"""Confidence from which a finding is an error, or a warning."""


def sarif(report: Report) -> dict[str, Any]:
    """Return the report as a SARIF log with one run."""
    rules = sorted({(record.rule, record.category) for record in report.records})
    index = {rule: place for place, (rule, _) in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Redoubt",
                        "version": __version__,
                        "rules": [_rule(rule, category) for rule, category in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(record, index[record.rule]) for record in report.records],
                "invocations": [
                    {
                        "executionSuccessful": not report.failed(),
                        "toolExecutionNotifications": [
                            {"level": "warning", "message": {"text": f"not read: {part.name}: {part.reason}"}}
                            for part in report.unread
                        ],
                    }
                ],
            }
        ],
    }


def _rule(rule: str, category: str) -> dict[str, Any]:
    return {
        "id": rule,
        "name": rule,
        "shortDescription": {"text": category},
        "properties": {"tags": [category, "security"]},
    }


def _result(record: Record, index: int) -> dict[str, Any]:
    shown = record.sample if record.value is None else printable(record.value)
    place = f" ({record.place})" if record.place else ""
    result: dict[str, Any] = {
        "ruleId": record.rule,
        "ruleIndex": index,
        "level": "error"
        if record.confidence >= _ERROR
        else "warning"
        if record.confidence >= _WARNING
        else "note",
        "message": {"text": f"{record.category}: {shown}{place}"},
        "properties": {"category": record.category, "confidence": record.confidence, "view": record.view},
    }
    if record.fingerprint:
        result["partialFingerprints"] = {"redoubt/v1": record.fingerprint}
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(record.file)}}
    if record.line:
        location["region"] = {"startLine": record.line} | (
            {"startColumn": record.column} if record.column else {}
        )
    result["locations"] = [{"physicalLocation": location}]
    return result


def _uri(name: str) -> str:
    """Return the file as a URI reference, relative where the name is."""
    path = PurePath(name).as_posix().encode("utf-8", "surrogateescape")
    uri = quote(path, safe="/!._-~")
    return f"file://{uri}" if uri.startswith("/") else uri
