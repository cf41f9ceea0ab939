"""`redoubt init`: a configuration to start from."""

import os
from pathlib import Path

import click

from redoubt.domain.errors import ConfigError
from redoubt.surfaces.cli.office import json_option
from redoubt.surfaces.cli.output import say, say_json

_FOLDER = Path(__file__).parent / "starters"
FILES = ("redoubt.toml", "policy.toml", "prices.toml")


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where to write them.",
)
@json_option
def init(folder: Path, as_json: bool) -> None:
    """Write a commented redoubt.toml, policy.toml and prices.toml. A file that is there is left as it is.

    \b
    Examples:
      redoubt init
      redoubt init --dir /etc/redoubt
    """
    written: list[str] = []
    kept: list[str] = []
    for name in FILES:
        (written if _write(folder, name) else kept).append(str(folder / name))
    if as_json:
        say_json({"written": written, "kept": kept})
        return
    for name in written:
        say(f"written    {name}")
    for name in kept:
        say(f"left alone {name} (it was there)")
    say("Next: read them, then `redoubt doctor` and `redoubt up`.")


def _write(folder: Path, name: str) -> bool:
    """Write one file; return False where it is there already."""
    content = (_FOLDER / name).read_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Exclusive: neither a file nor a link that somebody put there is ever written through.
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigError(f"{folder / name}: cannot be written ({error.strerror})") from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return True
