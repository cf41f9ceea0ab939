"""Entries of the audit log as people and programs read them."""

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from redoubt.surfaces.cli.output import printable, say
from redoubt.surfaces.cli.times import moment

if TYPE_CHECKING:
    from redoubt.services.audit.interface import StoredEntry

HEAD = ("time (UTC)", "exchange", "kind", "principal", "api", "model", "decision", "findings")


def row(item: "StoredEntry") -> tuple[str, ...]:
    """Return an entry as a row under `HEAD`."""
    entry = item.entry
    counts = Counter(record.finding.category for record in entry.findings)
    found = ", ".join(f"{category} {number}" for category, number in sorted(counts.items()))
    return (
        moment(entry.at),
        entry.exchange,
        entry.kind,
        entry.principal,
        entry.api,
        entry.model or "-",
        entry.decision,
        found or entry.note or "-",
    )


def entry_json(item: "StoredEntry") -> dict[str, Any]:
    """Return an entry as JSON says it."""
    entry = asdict(item.entry)
    for record in entry["findings"]:
        del record["mark"]  # it is kept beside the entry, not in it
        record.update(record.pop("finding"))
    if not entry["text"]:
        del entry["text"]
    if item.forgotten:
        entry["forgotten"] = True
    return {"index": item.receipt.index, "leaf": item.receipt.leaf.hex(), **entry}


def show_texts(stored: "list[StoredEntry]") -> None:
    """Print the texts of entries that were revealed, and say where they were erased."""
    import msgspec

    for item in stored:
        if item.forgotten:
            say()
            say(f"{item.entry.exchange} {item.entry.kind}: the text was erased, or is past its time")
        if not item.entry.text:
            continue
        say()
        say(f"{item.entry.exchange} {item.entry.kind} (as it went on, with what policy masks masked)")
        try:
            for segment in msgspec.json.decode(item.entry.text):
                say(f"  {segment['role']}:")
                for line in str(segment["text"]).splitlines():
                    say(f"    {printable(line)}")
        except (msgspec.DecodeError, KeyError, TypeError):
            say(f"  {printable(item.entry.text)}")
