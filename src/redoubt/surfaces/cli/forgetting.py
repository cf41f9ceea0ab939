"""`redoubt audit erase`, `hold`, `holds`, `rotate-kek`: what the log forgets, and what it must not."""

import secrets
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from redoubt.services.audit.forgetting import Hold
from redoubt.surfaces.cli.office import (
    config_option,
    json_option,
    opened,
    person,
    put_on_record,
    read_settings,
    recorded,
    wait,
)
from redoubt.surfaces.cli.output import count, say, say_json, table
from redoubt.surfaces.cli.persons import known, person_options
from redoubt.surfaces.cli.times import WHEN, moment


@click.command()
@person_options
@json_option
@config_option
def erase(subject: str, app: str | None, tenant: str | None, as_json: bool, config: Path | None) -> None:
    """Erase a person: the keys to their texts are destroyed, the log stays whole and verifiable.

    Their pseudonyms and the fingerprints of their values go as well. A legal hold wins: then nothing is erased and the exit code is 3.

    \b
    Examples:
      redoubt audit erase --subject key_0123456789abcdef
      redoubt audit erase --subject jane@example.com --app shop
    """
    done = []
    with opened(read_settings(config)) as (stores, derive):
        persons = known(stores, derive, subject, app, tenant)
        for where, name in persons:
            with recorded(stores, "audit.erase", name):
                wait(stores.eraser.refuse_held(persons))
                gone = wait(stores.eraser.erase(where, name, f"os:{person()}"))
            put_on_record(stores, "audit.erased", f"{name}: {gone}")
            done.append((where, name, gone))
    if as_json:
        say_json([{"tenant": where, "subject": name, **asdict(gone)} for where, name, gone in done])
        return
    for _, name, gone in done:
        say(f"{name}: {gone}.")
    for remark in dict.fromkeys(remark for _, _, gone in done for remark in gone.remains):
        say(f"Note: {remark}.")


@click.command()
@person_options
@click.option("--reason", default="", help="Why; it stays in the record, so name no persons.")
@click.option("--until", type=WHEN, help="When it ends by itself (default: when it is released).")
@click.option("--release", is_flag=True, help="Let go instead.")
@json_option
@config_option
def hold(
    subject: str,
    app: str | None,
    tenant: str | None,
    reason: str,
    until: float | None,
    release: bool,
    as_json: bool,
    config: Path | None,
) -> None:
    """Keep a person's texts, whatever retention or a request for erasure says; or let go of them.

    \b
    Examples:
      redoubt audit hold --subject key_0123456789abcdef --reason "case 2026-114"
      redoubt audit hold --subject key_0123456789abcdef --release
    """
    if not reason and not release:
        raise click.UsageError("say why with --reason, or --release the holds")
    if reason and release:
        raise click.UsageError("--reason is for a hold; leave it out to --release the holds")
    if until is not None and until <= time.time():
        raise click.UsageError("--until lies in the past")
    by = f"os:{person()}"
    changed: list[dict[str, Any]] = []
    with opened(read_settings(config)) as (stores, derive):
        for where, name in known(stores, derive, subject, app, tenant):
            if release:
                with recorded(stores, "audit.release", name):
                    number = wait(stores.forgetting.release(where, name, by))
                changed.append({"tenant": where, "subject": name, "released": number})
                continue
            placed = Hold(f"hold_{secrets.token_hex(8)}", where, name, reason, by, time.time(), until)
            with recorded(stores, "audit.hold", f"{name} {placed.id}: {reason}"):
                wait(stores.forgetting.hold(placed))
            changed.append(asdict(placed))
    if as_json:
        say_json(changed)
        return
    for each in changed:
        what = count(each["released"], "hold") + " released" if release else f"held ({each['id']})"
        say(f"{each['subject']}: {what}")


@click.command()
@json_option
@config_option
def holds(as_json: bool, config: Path | None) -> None:
    """List the holds in force.

    Example: redoubt audit holds
    """
    with opened(read_settings(config)) as (stores, _):
        put_on_record(stores, "audit.holds", "")
        found = wait(stores.forgetting.holds())
    if as_json:
        say_json([asdict(each) for each in found])
        return
    table(
        ("id", "subject", "tenant", "since (UTC)", "until", "by", "reason"),
        ((h.id, h.subject, h.tenant, moment(h.at), moment(h.until), h.by, h.reason) for h in found),
        empty="Nobody is held.",
    )


@click.command("rotate-kek")
@json_option
@config_option
def rotate_kek(as_json: bool, config: Path | None) -> None:
    """Wrap the keys of all recorded texts under the KEK in force; entries and texts are not touched.

    Name the new one in [audit] kek and the old one in kek_previous, start the gateways anew, then run this; what breaks off goes on when it
    is run again. When nothing is left, take kek_previous out and destroy that key: copies in backups open no more then.

    Example: redoubt audit rotate-kek
    """
    with opened(read_settings(config)) as (stores, _):
        with recorded(stores, "audit.rotate-kek", "all data keys"):
            result = wait(stores.rewrapping.rewrap())
        put_on_record(
            stores,
            "audit.rotated-kek",
            f"{result.done} data keys wrapped under {result.kek}, {result.left} left",
        )
    if as_json:
        say_json(asdict(result))
    else:
        say(f"{count(result.done, 'data key')} wrapped under {result.kek}; {result.left} left under another.")
