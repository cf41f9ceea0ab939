"""`redoubt roles`: what each role allows."""

from dataclasses import asdict
from pathlib import Path

import click

from redoubt.domain.rights import ACTIONS
from redoubt.surfaces.cli.office import config_option, json_option, opened, read_settings, recorded
from redoubt.surfaces.cli.output import say, say_json, table


@click.group()
def roles() -> None:
    """List the roles and what each allows; make and delete roles of your own.

    \b
    Examples:
      redoubt roles list
      redoubt roles actions
      redoubt roles put support --action audit.read --action text.inspect
      redoubt roles delete support
    """


@roles.command("list")
@json_option
@config_option
def list_roles(as_json: bool, config: Path | None) -> None:
    """List the roles that can be granted.

    Example: redoubt roles list --json
    """
    with opened(read_settings(config)) as (stores, _):
        found = stores.directory.list_roles()
    if as_json:
        say_json([asdict(role) for role in found])
        return
    rows = ((role.name, "built in" if role.built_in else "own", ", ".join(role.actions)) for role in found)
    table(("role", "made", "actions"), rows, empty="")


@roles.command()
@json_option
def actions(as_json: bool) -> None:
    """List the actions that a role may allow, and what each means.

    Example: redoubt roles actions
    """
    if as_json:
        say_json(dict(ACTIONS))
    else:
        table(("action", "meaning"), ACTIONS.items(), empty="")


@roles.command()
@click.argument("name")
@click.option(
    "--action",
    "allowed",
    multiple=True,
    required=True,
    type=click.Choice(list(ACTIONS)),
    metavar="ACTION",
    help="What it allows; `redoubt roles actions` lists them.",
)
@json_option
@config_option
def put(name: str, allowed: tuple[str, ...], as_json: bool, config: Path | None) -> None:
    """Make a role, or say anew what it allows: whoever has it is concerned at once.

    Example: redoubt roles put support --action audit.read --action text.inspect
    """
    with (
        opened(read_settings(config)) as (stores, _),
        recorded(stores, "roles.put", f"{name}: {' '.join(allowed)}"),
    ):
        role = stores.directory.put_role(name, allowed)
    if as_json:
        say_json(asdict(role))
    else:
        say(f"{role.name} allows {', '.join(role.actions)}.")


@roles.command()
@click.argument("name")
@json_option
@config_option
def delete(name: str, as_json: bool, config: Path | None) -> None:
    """Delete a role that nobody has.

    Example: redoubt roles delete support
    """
    with opened(read_settings(config)) as (stores, _), recorded(stores, "roles.delete", name):
        role = stores.directory.delete_role(name)
    if as_json:
        say_json(asdict(role))
    else:
        say(f"{role.name} is deleted.")
