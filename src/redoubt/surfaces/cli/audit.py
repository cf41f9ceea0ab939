"""`redoubt audit`: read the audit log, and prove it."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from redoubt.surfaces.cli import evidence
from redoubt.surfaces.cli.office import config_option, json_option, opened, put_on_record, read_settings, wait
from redoubt.surfaces.cli.output import printable, say, say_json, table
from redoubt.surfaces.cli.times import moment

if TYPE_CHECKING:
    from redoubt.services.audit.interface import AuditLog, StoredEntry

MOST = 100_000


@click.group()
def audit() -> None:
    r"""Read the audit log, and prove it.

    \b
    Examples:
      redoubt audit show --limit 20
      redoubt audit show ex_0123456789abcdef01234567 --reveal
      redoubt audit export --out log-2026-03
      redoubt audit verify log-2026-03 --public-key log.pub
    """


for command in (evidence.checkpoint, evidence.key, evidence.export, evidence.verify, evidence.bundle):
    audit.add_command(command)


@audit.command()
@click.argument("exchange", default="")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="So many entries.")
@click.option(
    "--reveal",
    is_flag=True,
    help="Show the recorded texts (as masked by policy). This is itself put on record.",
)
@json_option
@config_option
def show(exchange: str, limit: int, reveal: bool, as_json: bool, config: Path | None) -> None:
    r"""List what crossed, newest first: all of it, or one EXCHANGE.

    \b
    Examples:
      redoubt audit show
      redoubt audit show ex_0123456789abcdef01234567 --reveal
    """
    with opened(read_settings(config)) as (stores, _):
        if reveal:
            put_on_record(stores, "audit.reveal", exchange or f"the newest {limit} entries")
        stored = wait(_read(stores.audit, exchange, limit, reveal))
    if as_json:
        say_json([_as_json(item) for item in stored])
        return
    table(
        ("time (UTC)", "exchange", "kind", "principal", "api", "model", "decision", "findings"),
        (_row(item) for item in stored),
        empty="Nothing is recorded" + (" under that exchange." if exchange else " yet."),
    )
    if reveal:
        _show_texts(stored)


@audit.command()
@json_option
@config_option
def head(as_json: bool, config: Path | None) -> None:
    """Show size and root hash of the log's tree: keep it elsewhere, and nobody can rewrite what came before.

    Example: redoubt audit head --json
    """
    with opened(read_settings(config)) as (stores, _):
        state = wait(stores.audit.head())
    if as_json:
        say_json({"size": state.size, "root": state.root.hex()})
    else:
        say(f"size  {state.size}\nroot  {state.root.hex()}")


async def _read(log: "AuditLog", exchange: str, limit: int, reveal: bool) -> "list[StoredEntry]":
    return [item async for item in log.read(exchange=exchange, limit=limit, reveal=reveal)]


def _row(item: "StoredEntry") -> tuple[str, ...]:
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


def _as_json(item: "StoredEntry") -> dict[str, Any]:
    entry = asdict(item.entry)
    for record in entry["findings"]:
        record.update(record.pop("finding"))
    if not entry["text"]:
        del entry["text"]
    return {"index": item.receipt.index, "leaf": item.receipt.leaf.hex(), **entry}


def _show_texts(stored: "list[StoredEntry]") -> None:
    import msgspec

    for item in stored:
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
