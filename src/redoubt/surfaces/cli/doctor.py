"""`redoubt doctor`: tells whether everything is in place."""

import os
from pathlib import Path

import click

from redoubt.surfaces.cli.check import FAIL, OK, WARN, Check
from redoubt.surfaces.cli.checks import examine
from redoubt.surfaces.cli.office import config_option, json_option
from redoubt.surfaces.cli.output import paint, printable, say, say_json

FAILED = 3
_COLOURS = {OK: "green", WARN: "yellow", FAIL: "red"}


@click.command()
@click.option(
    "--online",
    is_flag=True,
    help="Also connect to the upstreams (nothing is sent but a TLS greeting) and fetch the keys of identity providers.",
)
@click.option(
    "--migrate",
    is_flag=True,
    help="Bring the database's tables up to date. Make a backup first; older versions cannot use them afterwards.",
)
@json_option
@config_option
def doctor(online: bool, migrate: bool, as_json: bool, config: Path | None) -> int:
    """Check the installation and the configuration; exit 3 where something must be mended.

    \b
    Examples:
      redoubt doctor
      redoubt doctor --config redoubt.toml --online --json
      redoubt doctor --migrate
    """
    checks = list(examine(config, os.environ, online=online, migrate=migrate))
    if as_json:
        say_json([{"check": c.name, "state": c.state, "said": c.said, "remedy": c.remedy} for c in checks])
    else:
        for check in checks:
            _show(check)
    return FAILED if any(check.state == FAIL for check in checks) else 0


def _show(check: Check) -> None:
    say(
        f"{paint(check.state.ljust(4), _COLOURS[check.state])}  {check.name.ljust(14)}  {printable(check.said)}"
    )
    if check.remedy:
        say(f"      {'':14}  -> {printable(check.remedy)}")
