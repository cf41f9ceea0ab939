"""`redoubt backup`: keys and records in one file that opens with a passphrase, and back."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from redoubt import __version__, compose
from redoubt.domain.backup import Backup
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import Settings
from redoubt.surfaces.cli.office import config_option, json_option, opened, put_on_record, read_settings, wait
from redoubt.surfaces.cli.output import count, printable, say, say_json
from redoubt.surfaces.cli.progress import Stages
from redoubt.surfaces.cli.sizes import size
from redoubt.surfaces.cli.times import moment

VARIABLE = "REDOUBT_BACKUP_PASSPHRASE"
SHORTEST = 12
"""Characters of a passphrase: whoever has the file may try as many as they like."""
_FILE = click.Path(path_type=Path, dir_okay=False)

_passphrase = click.option(
    "--passphrase-file",
    type=_FILE,
    help=f"File that holds the passphrase (default: the variable {VARIABLE}, else it is asked for).",
)


@click.group()
def backup() -> None:
    """Back up keys and records, and restore them.

    A backup holds the master key and every record, encrypted under a passphrase: keep the two apart. Configuration, policy and
    rules are files of yours and are not in it.

    \b
    Examples:
      redoubt backup create redoubt-2026-08-01.backup
      redoubt backup verify redoubt-2026-08-01.backup
      redoubt backup restore redoubt-2026-08-01.backup --into /srv/redoubt
    """


@backup.command()
@click.argument("file", type=_FILE)
@_passphrase
@json_option
@config_option
def create(file: Path, passphrase_file: Path | None, as_json: bool, config: Path | None) -> None:
    """Write keys and records to FILE, as they stand at one moment; gateways go on meanwhile. It is put on record.

    Example: redoubt backup create redoubt.backup --passphrase-file /run/secrets/backup
    """
    settings = read_settings(config)
    secret = _secret(passphrase_file, new=True)
    with opened(settings) as (stores, _):
        put_on_record(stores, "backup.create", file.name)
        wait(stores.audit.head())  # gives every entry its place in the log before the records are read
    stages = Stages()
    try:
        done = compose.back_up(settings, os.environ, file, secret, __version__, _telling(stages))
    finally:
        stages.end()
    written = file.stat().st_size
    if as_json:
        say_json({"file": str(file), "bytes": written, **_as_json(done)})
        return
    say(f"{file}: {size(written)}. {_summary(done)} Keep the checkpoint elsewhere:")
    say()
    say("\n".join(map(printable, done.checkpoint.rstrip("\n").split("\n"))))


@backup.command()
@click.argument("file", type=_FILE)
@_passphrase
@json_option
@config_option
def verify(file: Path, passphrase_file: Path | None, as_json: bool, config: Path | None) -> None:
    """Read all of a backup and check it: passphrase, digests, the log's tree and its checkpoint. Exit 3 where it is no good.

    Example: redoubt backup verify redoubt.backup
    """
    settings = read_settings(config)
    secret = _secret(passphrase_file, new=False)
    stages = Stages()
    try:
        done = compose.verify_backup(settings, file, secret, _telling(stages))
    finally:
        stages.end()
    if as_json:
        say_json(_as_json(done))
    else:
        say(f"{file}: good. {_summary(done)}")


@backup.command()
@click.argument("file", type=_FILE)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data directory (default: store.data_dir).",
)
@click.option("--force", is_flag=True, help="Replace what the store holds.")
@_passphrase
@json_option
@config_option
def restore(
    file: Path,
    into: Path | None,
    force: bool,
    passphrase_file: Path | None,
    as_json: bool,
    config: Path | None,
) -> None:
    """Put keys and records of FILE into the store; stop all gateways first. It is put on record.

    A backup of SQLite may be restored into PostgreSQL, and the other way round. With --force, persons who were erased since the
    backup was made are erased again, as far as the store that is replaced knows of them.

    Example: redoubt backup restore redoubt.backup --into /srv/redoubt
    """
    settings = _into(read_settings(config), into)
    secret = _secret(passphrase_file, new=False)
    stages = Stages()
    try:
        done, kept = compose.restore_backup(
            settings, os.environ, file, secret, force=force, tell=_telling(stages)
        )
    finally:
        stages.end()
    with opened(settings) as (stores, _):
        put_on_record(stores, "backup.restore", f"{file.name}: {done.size} entries of {moment(done.made_at)}")
    if as_json:
        say_json({**_as_json(done), "master_key_kept": str(kept) if kept else None})
        return
    say(f"Restored. {_summary(done)}")
    if done.erased_again:
        say(
            f"{count(done.erased_again, 'data key')} destroyed again: of persons who were erased since the backup, or past their "
            "time. Where a person was erased, the backup's pseudonyms and fingerprints of persons were left out."
        )
    if kept is not None:
        say(f"The master key that was there is another; it is kept as {kept}.")


def _telling(stages: Stages) -> Any:
    def tell(table: str, done: int, of: int) -> None:
        stages.show(table, min(done, of), max(of, 1))

    return tell


def _into(settings: Settings, folder: Path | None) -> Settings:
    if folder is None:
        return settings
    if settings.store.url:
        raise ConfigError("--into is for SQLite; [store] url names a database: leave --into out")
    return replace(settings, store=replace(settings.store, data_dir=str(folder)))


def _secret(file: Path | None, *, new: bool) -> str:
    """Return the passphrase: of the file, else of the environment, else of who sits there."""
    if file is not None:
        try:
            secret = file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: the passphrase cannot be read ({type(error).__name__})") from error
    else:
        secret = os.environ.get(VARIABLE, "") or _asked(new=new)
    if new and len(secret) < SHORTEST:
        raise ConfigError(
            f"the passphrase must have at least {SHORTEST} characters; six random words are good"
        )
    return secret


def _asked(*, new: bool) -> str:
    """Ask whoever sits there; nobody does where a timer started this."""
    if not sys.stdin.isatty():
        raise ConfigError(
            f"there is no terminal to ask for the passphrase: use --passphrase-file or {VARIABLE}"
        )
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))


def _as_json(done: Backup) -> dict[str, Any]:
    return {
        "made_at": done.made_at,
        "version": done.version,
        "rows": dict(done.rows),
        "entries": done.size,
        "checkpoint": done.checkpoint,
        "erased_again": done.erased_again,
    }


def _summary(done: Backup) -> str:
    rows = sum(done.rows.values())
    return (
        f"Made {moment(done.made_at)} by Redoubt {printable(done.version)}: {count(rows, 'row')}, "
        f"a log of {count(done.size, 'entry', 'entries')} that agrees with its checkpoint."
    )
