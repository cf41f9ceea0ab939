"""`redoubt limits`: what is allowed, and what is used of it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from redoubt.domain.limits import LimitUnit, money, span
from redoubt.domain.principal import Principal
from redoubt.services.limits.book import described
from redoubt.services.limits.interface import Use
from redoubt.surfaces.cli.check import FAIL
from redoubt.surfaces.cli.limit_checks import limits as checks
from redoubt.surfaces.cli.office import config_option, json_option, opened, read_settings, wait
from redoubt.surfaces.cli.output import say, say_json, table


@click.group()
def limits() -> None:
    """Show limits and their use; check a configuration.

    \b
    Examples:
      redoubt limits show
      redoubt limits show --key key_0123456789abcdef --app shop --model gpt-x
      redoubt limits check redoubt.toml
    """


@limits.command()
@click.option("--key", default="", help="The id of a key: how the limits stand for it.")
@click.option("--principal", default="", help="The id of who holds it.")
@click.option("--app", default="default", show_default=True, help="The application it acts for.")
@click.option("--model", default="", help="The model it would ask for.")
@json_option
@config_option
def show(key: str, principal: str, app: str, model: str, as_json: bool, config: Path | None) -> None:
    """List the limits that apply, and what is used of them. Counts that live in a gateway's memory are not seen from here.

    Example: redoubt limits show --app shop --model gpt-x
    """
    with opened(read_settings(config)) as (stores, _):
        uses = wait(stores.limits.uses(Principal(principal, "", app, credential=key), model))
    if as_json:
        say_json([_as_json(use) for use in uses])
        return
    table(
        ("id", "limit", "used", "left", "free in", ""),
        (_row(use) for use in uses),
        empty="No limit applies.",
    )


@limits.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Read the limits and prices of a configuration and say what is odd about them.

    Example: redoubt limits check redoubt.toml
    """
    settings = read_settings(file)
    found = list(checks(settings))
    if as_json:
        rows = [
            {"id": limit.id, "limit": described(limit), "shadow": limit.shadow} for limit in settings.limits
        ]
        say_json({"limits": rows, "checks": [asdict(each) for each in found]})
    else:
        for limit in settings.limits:
            say(f"{limit.id}: {described(limit)}{' (shadow)' if limit.shadow else ''}")
        for each in found:
            say(f"{each.state:<4} {each.name}: {each.said}" + (f"; {each.remedy}" if each.remedy else ""))
    if any(each.state == FAIL for each in found):
        click.get_current_context().exit(1)


def _said(use: Use, units: int) -> str:
    return money(units) if use.limit.unit is LimitUnit.COST else str(units)


def _used(use: Use) -> int:
    return (use.limit.burst or use.limit.amount) - use.standing.left


def _row(use: Use) -> tuple[object, ...]:
    left = max(0, use.standing.left)
    mode = "shadow" if use.limit.shadow else ""
    free = span(use.standing.reset_ms / 1000)
    return use.limit.id, described(use.limit), _said(use, _used(use)), _said(use, left), free, mode


def _as_json(use: Use) -> dict[str, Any]:
    return {
        "id": use.limit.id,
        "limit": described(use.limit),
        "used": _said(use, _used(use)),
        "left": _said(use, max(0, use.standing.left)),
        "free_in": use.standing.reset_ms / 1000,
        "shadow": use.limit.shadow,
    }
