"""`redoubt keys`: make, list, rotate and revoke API keys."""

import secrets
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redoubt.domain.rights import ACTIONS, Grant
from redoubt.surfaces.cli.office import config_option, json_option, opened, read_settings, recorded
from redoubt.surfaces.cli.output import say, say_json, table
from redoubt.surfaces.cli.times import LIFETIME, moment

if TYPE_CHECKING:
    from redoubt.compose import Stores
    from redoubt.services.identity.directory import KeyInfo, NewKey


@click.group()
def keys() -> None:
    """Make, list, rotate and revoke API keys.

    \b
    Examples:
      redoubt keys create --name "billing service" --app billing --expires 90d
      redoubt keys create --name ci --principal svc_0123456789abcdef --scope text.inspect --from 10.0.0.0/8
      redoubt keys rotate key_0123456789abcdef --overlap 24h
      redoubt keys revoke key_0123456789abcdef
    """


@keys.command()
@click.option("--name", required=True, help="Whose key it is.")
@click.option("--principal", default="", help="Id of the principal it is for; without it, one is made.")
@click.option("--app", default="default", show_default=True, help="The application that one acts for.")
@click.option("--role", default="developer", show_default=True, help="The role that one has.")
@click.option("--may-name-end-user", is_flag=True, help="Whether that one may name its end users.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(list(ACTIONS)),
    metavar="ACTION",
    help="The only actions the key is good for.",
)
@click.option(
    "--from", "addresses", multiple=True, metavar="CIDR", help="The only networks it may be used from."
)
@click.option("--expires", type=LIFETIME, help="How long it is good for: 12h, 30d, 8w.")
@click.option("--per-second", type=click.IntRange(0), help="Requests per second; 0: no limit.")
@click.option("--per-minute", type=click.IntRange(0), help="Requests per minute; 0: no limit.")
@json_option
@config_option
def create(
    name: str,
    principal: str,
    app: str,
    role: str,
    may_name_end_user: bool,
    scopes: tuple[str, ...],
    addresses: tuple[str, ...],
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
            principal=principal,
            app=app,
            role=role,
            trusted=may_name_end_user,
            scopes=scopes,
            addresses=addresses,
            expires_at=None if expires is None else time.time() + expires,
            per_second=per_second,
            per_minute=per_minute,
        )
    _show(made, as_json=as_json)


@keys.command("list")
@json_option
@config_option
def list_keys(as_json: bool, config: Path | None) -> None:
    """List all keys, those that expired or were revoked too.

    Example: redoubt keys list --json
    """
    with opened(read_settings(config)) as (stores, _):
        infos = stores.directory.list_keys()
    if as_json:
        say_json([{**asdict(info), "state": state(info)} for info in infos])
        return
    table(
        ("id", "key", "name", "principal", "app", "roles", "state", "made", "expires", "last used"),
        (
            (
                i.id,
                f"{i.prefix}...",
                i.name,
                i.principal,
                i.app,
                ", ".join(i.roles) or "-",
                state(i),
                moment(i.created_at),
                moment(i.expires_at),
                moment(i.last_used_at)[:16],  # it is known to the minute
            )
            for i in infos
        ),
        empty="There is no key yet. Make one with: redoubt keys create --name NAME",
    )


@keys.command()
@click.argument("key_id", metavar="ID")
@click.option("--overlap", type=LIFETIME, help="How long the old secret works on: 24h; at most 30d.")
@json_option
@config_option
def rotate(key_id: str, overlap: float | None, as_json: bool, config: Path | None) -> None:
    """Give a key a new secret, shown this once. The old one works on for the overlap; without one it ends at once.

    Example: redoubt keys rotate key_0123456789abcdef --overlap 24h
    """
    with opened(read_settings(config)) as (stores, _), recorded(stores, "keys.rotate", key_id):
        made = stores.directory.rotate_key(key_id, overlap or 0.0)
    _show(made, as_json=as_json)


@keys.command()
@click.argument("key_id", metavar="ID")
@json_option
@config_option
def revoke(key_id: str, as_json: bool, config: Path | None) -> None:
    """Revoke a key: from now on it opens nothing.

    Example: redoubt keys revoke key_0123456789abcdef
    """
    with opened(read_settings(config)) as (stores, _), recorded(stores, "keys.revoke", key_id):
        info = stores.directory.revoke_key(key_id)
    if as_json:
        say_json({**asdict(info), "state": state(info)})
    else:
        say(f"{info.id} ({info.name}) is revoked.")


def make_key(
    stores: "Stores",
    *,
    name: str,
    principal: str = "",
    app: str = "default",
    role: str = "developer",
    trusted: bool = False,
    scopes: tuple[str, ...] = (),
    addresses: tuple[str, ...] = (),
    expires_at: float | None = None,
    per_second: int | None = None,
    per_minute: int | None = None,
    first: bool = False,
) -> "NewKey":
    """Make a key, for a principal or for a service of its own that is made with it; it is on record before it is there.

    ``first``: only where nobody has any yet, else NotFirstError.
    """
    from redoubt.services.identity.directory import KeyDraft, PrincipalDraft

    number = secrets.token_hex(8)
    draft = KeyDraft(name, scopes, addresses, expires_at, per_second, per_minute)
    with recorded(stores, "keys.create", f"key_{number} of {principal or f'svc_{number}'}"):
        if principal:
            return stores.directory.make_key(principal, draft, number)
        service = PrincipalDraft(name, app=app, trusted=trusted, grants=(Grant(role),))
        return stores.directory.make_service(service, draft, number, first=first)


def state(info: "KeyInfo") -> str:
    """Return ``active``, ``expired`` or ``revoked``."""
    if info.revoked_at is not None:
        return "revoked"
    if info.expires_at is not None and info.expires_at <= time.time():
        return "expired"
    return "active"


def _show(made: "NewKey", *, as_json: bool) -> None:
    info = made.info
    if as_json:
        say_json({**asdict(info), "secret": made.secret})
        return
    say(f"{info.id}  {info.name}  app {info.app}, roles {', '.join(info.roles) or 'none'}")
    say()
    say(f"  {made.secret}")
    say()
    say("This is the only time the key is shown. Store it where your application reads its secrets.")
