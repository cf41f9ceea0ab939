"""`redoubt audit search`: find entries, also by a value that nobody may see."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redoubt.domain.errors import InputError
from redoubt.engine.leak.fingerprints import possible as fingerprints
from redoubt.services.audit.search import Query
from redoubt.surfaces.cli.entries import HEAD, entry_json, row
from redoubt.surfaces.cli.office import config_option, json_option, opened, put_on_record, read_settings, wait
from redoubt.surfaces.cli.output import say, say_json, table
from redoubt.surfaces.cli.persons import TENANTS, possible
from redoubt.surfaces.cli.times import WHEN

if TYPE_CHECKING:
    from redoubt.services.audit.interface import AuditLog, StoredEntry

LONGEST_VALUE = 65_536
"""Bytes."""
MOST = 10_000


@click.command()
@click.option("--since", type=WHEN, help="From when on: 2h (ago), 2026-11-01, 2026-11-01T09:30 (UTC).")
@click.option("--until", type=WHEN, help="Up to when.")
@click.option("--principal", default="", help="Who asked: the id of a principal.")
@click.option("--app", default="", help="For which application.")
@click.option("--subject", help="Whom it is about: as in the log, or as the application names them.")
@click.option("--category", default="", help="Of a finding, or what it begins with: secret, pii.email.")
@click.option("--decision", type=click.Choice(("allow", "redact", "hold", "deny")))
@click.option("--kind", type=click.Choice(("prompt", "answer", "admin")))
@click.option("--exchange", default="", help="One exchange.")
@click.option("--upstream", default="")
@click.option("--model", default="")
@click.option(
    "--value",
    type=click.Choice(("-",)),
    help="Who sent this value? It is read from standard input, never from the command line.",
)
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True)
@click.option("--before", type=click.IntRange(0), help="Only entries before this index: the next page.")
@json_option
@config_option
def search(
    since: float | None,
    until: float | None,
    principal: str,
    app: str,
    subject: str | None,
    category: str,
    decision: str | None,
    kind: str | None,
    exchange: str,
    upstream: str,
    model: str,
    value: str | None,
    limit: int,
    before: int | None,
    as_json: bool,
    config: Path | None,
) -> None:
    """Find entries, newest first. That it was searched is itself put on record, never the value.

    \b
    Examples:
      redoubt audit search --category secret --since 24h
      redoubt audit search --subject jane@example.com --app shop
      redoubt audit search --value - < leaked-key.txt
    """
    sought = _value() if value else ""
    with opened(read_settings(config)) as (stores, derive):
        query = Query(
            since=since,
            until=until,
            principal=principal,
            app=app,
            subjects=tuple({name for _, name in possible(stores, derive, subject, app or None, None)})
            if subject
            else (),
            category=category,
            decision=decision or "",
            kind=kind or "",
            exchange=exchange,
            upstream=upstream,
            model=model,
            marks=_marks(derive, sought) if sought else (),
        )
        found = wait(_search(stores.audit, query, limit, before))
        put_on_record(stores, "audit.search", query.said())
    if as_json:
        say_json([entry_json(item) for item in found])
        return
    table(HEAD, (row(item) for item in found), empty="Nothing of that is recorded.")
    if len(found) == limit:
        say(f"There may be more: --before {found[-1].receipt.index}", error=True)


async def _search(log: "AuditLog", query: Query, limit: int, before: int | None) -> "list[StoredEntry]":
    return [item async for item in log.search(query, limit=limit, before=before)]


def _value() -> str:
    data = sys.stdin.buffer.read(LONGEST_VALUE + 1)
    if len(data) > LONGEST_VALUE:
        raise InputError(f"a value has at most {LONGEST_VALUE} bytes")
    value = data.decode("utf-8", "surrogateescape").strip()
    if not value:
        raise InputError("standard input holds no value to look for")
    return value


def _marks(derive: Callable[[str], bytes], value: str) -> tuple[bytes, ...]:
    key = derive("audit values")
    return tuple(mark for tenant in TENANTS for mark in fingerprints(key, tenant, value))
