"""`redoubt audit reveal` and `approve-reveal`: see recorded texts, alone or with the consent of a second person."""

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.reveals import REQUEST_SECONDS, Reveal, is_reveal
from redoubt.surfaces.cli.entries import entry_json, show_texts
from redoubt.surfaces.cli.office import (
    TENANT,
    config_option,
    json_option,
    opened,
    person,
    put_on_record,
    read_settings,
    recorded,
    wait,
)
from redoubt.surfaces.cli.output import say, say_json

if TYPE_CHECKING:
    from redoubt.compose import Stores
    from redoubt.services.audit.interface import StoredEntry


@click.command()
@click.argument("exchange")
@click.option("--reason", required=True, help="Why the texts must be seen; it stays in the record.")
@json_option
@config_option
def reveal(exchange: str, reason: str, as_json: bool, config: Path | None) -> None:
    """Show the recorded texts of an EXCHANGE (as masked by policy). That is itself put on record.

    With [audit] reveal_needs = 2, the first run asks; once another person ran `redoubt audit approve-reveal ID`, the next shows them, once.

    \b
    Examples:
      redoubt audit reveal ex_0123456789abcdef01234567 --reason "incident 114"
    """
    settings = read_settings(config)
    with opened(settings) as (stores, _):
        below = wait(stores.audit.head()).size
        if settings.audit.reveal_needs > 1:
            below = _consented(stores, exchange, reason, below).below
        number = len(wait(_read(stores, exchange, below, reveal=False)))
        put_on_record(stores, "audit.reveal", f"{exchange}: {number} entries: {reason}")
        stored = wait(_read(stores, exchange, below, reveal=True))
    if as_json:
        say_json([entry_json(item) for item in stored])
    elif any(item.entry.text or item.forgotten for item in stored):
        show_texts(stored)
    else:
        say("No text is recorded under that exchange.")


@click.command("approve-reveal")
@click.argument("reveal_id", metavar="ID")
@json_option
@config_option
def approve_reveal(reveal_id: str, as_json: bool, config: Path | None) -> None:
    """Consent to what another person asked to see. Nobody can consent to their own request.

    Example: redoubt audit approve-reveal rv_0123456789abcdef
    """
    note = reveal_id if is_reveal(reveal_id) else "no id"
    with opened(read_settings(config)) as (stores, _), recorded(stores, "audit.approve-reveal", note):
        approved = wait(stores.reveals.approve(reveal_id, f"os:{person()}"))
    if as_json:
        say_json(
            {"id": approved.id, "by": approved.by, "exchange": approved.exchange, "reason": approved.reason}
        )
        return
    say(
        f"{approved.by} may see the texts of {approved.exchange} once, within 15 minutes. Their reason: {approved.reason}"
    )


def _consented(stores: "Stores", exchange: str, reason: str, below: int) -> Reveal:
    """Use up the consent of another person; where there is none, ask for it. Raises ServiceError, which says what to do."""
    by, now = f"os:{person()}", time.time()
    mine = wait(stores.reveals.recent(tenants=(TENANT,), by=by, exchange=exchange))
    for request in mine:
        if request.state(now) == "approved":
            return wait(stores.reveals.open(request.id, by))
    waiting = next((r for r in mine if r.state(now) == "waiting"), None)
    if waiting is None:
        waiting = Reveal(
            f"rv_{secrets.token_hex(8)}", exchange, below, reason, TENANT, by, now, now + REQUEST_SECONDS
        )
        put_on_record(stores, "audit.ask-reveal", f"{exchange} {waiting.id}: {reason}")
        wait(stores.reveals.ask(waiting))
    raise ServiceError(
        f"it takes a second person: another user of this machine runs `redoubt audit approve-reveal {waiting.id}`, then run this again"
    )


async def _read(stores: "Stores", exchange: str, below: int, *, reveal: bool) -> "list[StoredEntry]":
    return [
        item async for item in stores.audit.read(exchange=exchange, before=below, limit=1000, reveal=reveal)
    ]
