"""`redoubt audit`: read the audit log, and prove it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from redoubt.domain.errors import RightsError
from redoubt.surfaces.cli import evidence, forgetting, reveals, searching
from redoubt.surfaces.cli.entries import HEAD, entry_json, row, show_texts
from redoubt.surfaces.cli.office import config_option, json_option, opened, put_on_record, read_settings, wait
from redoubt.surfaces.cli.output import say, say_json, table

if TYPE_CHECKING:
    from redoubt.services.audit.interface import AuditLog, StoredEntry

MOST = 100_000


@click.group()
def audit() -> None:
    """Read the audit log, and prove it.

    \b
    Examples:
      redoubt audit show --limit 20
      redoubt audit show ex_0123456789abcdef01234567 --reveal
      redoubt audit search --category secret --since 24h
      redoubt audit erase --subject jane@example.com
      redoubt audit export --out log-2026-03
      redoubt audit verify log-2026-03 --public-key log.pub
    """


for command in (
    evidence.checkpoint,
    evidence.key,
    evidence.export,
    evidence.verify,
    evidence.bundle,
    searching.search,
    forgetting.erase,
    forgetting.hold,
    forgetting.holds,
    forgetting.rotate_kek,
    reveals.reveal,
    reveals.approve_reveal,
):
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
    """List what crossed, newest first: all of it, or one EXCHANGE.

    \b
    Examples:
      redoubt audit show
      redoubt audit show ex_0123456789abcdef01234567 --reveal
    """
    settings = read_settings(config)
    if reveal and settings.audit.reveal_needs > 1:
        raise RightsError(
            "texts are shown to two persons only here; ask with `redoubt audit reveal EXCHANGE`"
        )
    with opened(settings) as (stores, _):
        what = exchange or f"the newest {limit} entries"
        if reveal:
            put_on_record(stores, "audit.reveal", what)
        stored = wait(_read(stores.audit, exchange, limit, reveal))
        if not reveal:
            put_on_record(stores, "audit.read", what)
    if as_json:
        say_json([entry_json(item) for item in stored])
        return
    table(
        HEAD,
        (row(item) for item in stored),
        empty="Nothing is recorded" + (" under that exchange." if exchange else " yet."),
    )
    if reveal:
        show_texts(stored)


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
