"""A backup: keys and records in one file, and back."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from redoubt.compose.evidence import signer
from redoubt.compose.installation import data_dir
from redoubt.compose.wrapping import master_of
from redoubt.domain.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from redoubt.adapters.files.keyring import Keyring
    from redoubt.domain.backup import Backup, Tell
    from redoubt.services.audit.checkpoint import Signer


def back_up(
    of: Settings, environ: Mapping[str, str], out: Path, passphrase: str, version: str, tell: "Tell"
) -> "Backup":
    """Write keys and records to ``out``; see `redoubt.adapters.backup.create`."""
    from redoubt.adapters.backup.create import create
    from redoubt.adapters.files.keyring import Keyring, read_master

    master = read_master(data_dir(of), environ)
    with closing_database(of, Keyring(master)) as database:
        return create(
            database, master, _backup_signer(of)(master), out, passphrase,
            version=version, now=time.time(), random=secrets.token_bytes, tell=tell,
        )  # fmt: skip


def verify_backup(of: Settings, path: Path, passphrase: str, tell: "Tell") -> "Backup":
    """Read all of a backup and check it; nothing is written. See `redoubt.adapters.backup.restore`."""
    from redoubt.adapters.backup.restore import read

    return read(path, passphrase, _backup_signer(of), lambda _rows: None, tell)


def restore_backup(
    of: Settings, environ: Mapping[str, str], path: Path, passphrase: str, *, force: bool, tell: "Tell"
) -> "tuple[Backup, Path | None]":
    """Put a backup's key and records where the settings say; return also where a master key is kept that was there before."""
    from redoubt.adapters.backup.restore import restore
    from redoubt.adapters.files.keyring import FILE as MASTER_FILE
    from redoubt.adapters.files.keyring import put_master

    kept: list[Path] = []

    def put(done: "Backup") -> None:
        if before := put_master(data_dir(of), environ, done.master):
            kept.append(before)

    try:
        with closing_database(of) as database:
            done = restore(database, path, passphrase, _backup_signer(of), put, force=force, tell=tell)
    except BaseException:
        for before in kept:  # the records stayed as they were, and so must the key that opens them
            before.replace(data_dir(of) / MASTER_FILE)
        raise
    return done, kept[0] if kept else None


@contextmanager
def closing_database(of: Settings, keys: "Keyring | None" = None) -> "Iterator[Engine]":
    """Open the database for one piece of work, without the services on it; ``keys`` None: whatever its master key is."""
    from redoubt.adapters.sql.database import open_database

    master = master_of(keys) if keys else None
    database = open_database(of.store.url, data_dir(of), of.store.durability, store=of.store, master=master)
    try:
        yield database
    finally:
        database.dispose()


def _backup_signer(of: Settings) -> "Callable[[bytes], Signer]":
    """Return what makes a log's signer from a master key."""
    from redoubt.adapters.files.keyring import Keyring

    return lambda master: signer(of, Keyring(master))
