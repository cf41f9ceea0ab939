"""What the commands that manage share: the settings, the stores, and the record of what was done."""

import asyncio
import getpass
import os
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from redoubt import compose
from redoubt.domain.errors import RedoubtError
from redoubt.domain.evidence import Entry
from redoubt.domain.settings import Settings
from redoubt.services.audit.ids import RANDOM_BYTES, exchange_id
from redoubt.services.vault.interface import Scope

if TYPE_CHECKING:
    from redoubt.compose import Stores
    from redoubt.services.audit.notary import Notary

TENANT = "local"
APP = "cli"

_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T")


def config_option(command: _F) -> _F:
    """Add ``--config`` to a command."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The configuration (default: redoubt.toml of this folder, if there is one).",
    )(command)


def json_option(command: _F) -> _F:
    """Add ``--json`` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def read_settings(config: Path | None) -> Settings:
    """Return the settings of this installation."""
    return compose.settings(config, os.environ)


def person() -> str:
    """Return the name of who runs the command, as the operating system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def local_scope(session: str) -> Scope:
    """Return whose pseudonyms a session of the command line holds: those of the person who runs it."""
    return Scope(TENANT, APP, f"os:{person()}", session)


@contextmanager
def opened(
    settings: Settings, environ: Mapping[str, str] = os.environ
) -> Iterator[tuple["Stores", Callable[[str], bytes]]]:
    """Open the stores and the source of keys by purpose; close the stores whatever happens."""
    keys = compose.keyring(settings, environ)
    stores = compose.stores(settings, keys)
    try:
        yield stores, keys.derive
    finally:
        wait(stores.audit.close())
        stores.dispose()


@contextmanager
def opened_with_notary(
    settings: Settings, environ: Mapping[str, str] = os.environ
) -> Iterator[tuple["Stores", "Notary"]]:
    """Open the stores and what signs checkpoints of the log; close the stores whatever happens."""
    keys = compose.keyring(settings, environ)
    stores = compose.stores(settings, keys)
    try:
        yield stores, compose.notary(settings, keys, stores)
    finally:
        wait(stores.audit.close())
        stores.dispose()


def wait(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run one call of an asynchronous port to its end."""
    return asyncio.run(coroutine)


@contextmanager
def recorded(stores: "Stores", event: str, note: str) -> Iterator[None]:
    """Put what the block does on record before it is done, and once more where it could not be done. Raises ServiceError."""
    put_on_record(stores, event, note)
    try:
        yield
    except RedoubtError:
        put_on_record(stores, event, f"not done: {note}", decision="deny")
        raise


def put_on_record(stores: "Stores", action: str, note: str, *, decision: str = "allow") -> None:
    """Record a management action; durable on return. Raises ServiceError."""
    who = f"os:{person()}"
    entry = Entry(
        exchange=exchange_id(time.time(), secrets.token_bytes(RANDOM_BYTES)),
        kind="admin",
        at=time.time(),
        principal=who,
        app=APP,
        tenant=TENANT,
        subject=who,
        decision=decision,
        api=action,
        note=note,
    )
    wait(stores.audit.append(entry))
