"""`redoubt keys`: make, list and revoke API keys."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redoubt.domain.errors import ServiceError
from redoubt.domain.principal import ROLES
from redoubt.surfaces.cli.office import config_option, json_option, opened, put_on_record, read_settings
from redoubt.surfaces.cli.output import say, say_json, table
from redoubt.surfaces.cli.times import LIFETIME, moment

if TYPE_CHECKING:
    from redoubt.compose import Stores
    from redoubt.services.identity.interface import KeyInfo, NewKey


@click.group()
def keys() -> None:
    r"""Make, list and revoke API keys.

    \b
    Examples:
      redoubt keys create --name "billing service" --app billing --expires 90d
      redoubt keys list
      redoubt keys revoke key_0123456789abcdef
    """


@keys.command()
@click.option("--name", required=True, help="Whose key it is.")
@click.option("--app", default="default", show_default=True, help="The application it acts for.")
@click.option("--role", type=click.Choice(ROLES), default="developer", show_default=True)
@click.option("--expires", type=LIFETIME, help="How long it is good for: 12h, 30d, 8w.")
@click.option("--per-second", type=click.IntRange(0), help="Requests per second; 0: no limit.")
@click.option("--per-minute", type=click.IntRange(0), help="Requests per minute; 0: no limit.")
@json_option
@config_option
def create(
    name: str,
    app: str,
    role: str,
    expires: float | None,
    per_second: int | None,
    per_minute: int | None,
    as_json: bool,
    config: Path | None,
) -> None:
    """Make a key. Its secret is shown this once and kept nowhere.

    Example: redoubt keys create --name ci --expires 30d
    """
    with opened(read_settings(config)) as (stores, _):
        made = make_key(
            stores,
            name=name,
            app=app,
            role=role,
            expires_at=None if expires is None else time.time() + expires,
            per_second=per_second,
            per_minute=per_minute,
        )
    if as_json:
        say_json({**asdict(made.info), "secret": made.secret})
        return
    say(f"{made.info.id}  {made.info.name}  app {made.info.app}, role {made.info.role}")
    say()
    say(f"  {made.secret}")
    say()
    say("This is the only time the key is shown. Store it where your application reads its secrets.")


@keys.command("list")
@json_option
@config_option
def list_keys(as_json: bool, config: Path | None) -> None:
    """List all keys, those that expired or were revoked too.

    Example: redoubt keys list --json
    """
    with opened(read_settings(config)) as (stores, _):
        infos = stores.identity.list()
    if as_json:
        say_json([{**asdict(info), "state": state(info)} for info in infos])
        return
    table(
        ("id", "key", "name", "app", "role", "state", "made", "expires"),
        (
            (
                i.id,
                f"{i.prefix}...",
                i.name,
                i.app,
                i.role,
                state(i),
                moment(i.created_at),
                moment(i.expires_at),
            )
            for i in infos
        ),
        empty="There is no key yet. Make one with: redoubt keys create --name NAME",
    )


@keys.command()
@click.argument("key_id", metavar="ID")
@json_option
@config_option
def revoke(key_id: str, as_json: bool, config: Path | None) -> None:
    """Revoke a key: from now on it opens nothing.

    Example: redoubt keys revoke key_0123456789abcdef
    """
    with opened(read_settings(config)) as (stores, _):
        info = stores.identity.revoke(key_id)
        put_on_record(stores, "keys.revoke", info.id)
    if as_json:
        say_json({**asdict(info), "state": state(info)})
    else:
        say(f"{info.id} ({info.name}) is revoked.")


def make_key(
    stores: "Stores",
    *,
    name: str,
    app: str = "default",
    role: str = "developer",
    expires_at: float | None = None,
    per_second: int | None = None,
    per_minute: int | None = None,
) -> "NewKey":
    """Make a key and put that on record; one whose making cannot be recorded is revoked again."""
    made = stores.identity.create(
        name=name,
        app=app,
        role=role,
        expires_at=expires_at,
        per_second=per_second,
        per_minute=per_minute,
    )
    try:
        put_on_record(stores, "keys.create", made.info.id)
    except ServiceError:
        stores.identity.revoke(made.info.id)
        raise
    return made


def state(info: "KeyInfo") -> str:
    """Return ``active``, ``expired`` or ``revoked``."""
    if info.revoked_at is not None:
        return "revoked"
    if info.expires_at is not None and info.expires_at <= time.time():
        return "expired"
    return "active"
