"""Makes a backup while everything goes on."""

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from redoubt.adapters.backup.archive import SALT_BYTES, ArchiveWriter
from redoubt.adapters.backup.content import Digests, Head, Manifest, MasterKey, Rows, encoded
from redoubt.adapters.sql import schema
from redoubt.adapters.sql.dumping import batches, columns, counts, snapshot, tables
from redoubt.domain.backup import Backup, Tell
from redoubt.domain.errors import ConfigError
from redoubt.services.audit.checkpoint import Signer
from redoubt.services.audit.tree import Frontier


def create(
    engine: Engine,
    master: bytes,
    signer: Signer,
    out: Path,
    passphrase: str,
    *,
    version: str,
    now: float,
    random: Callable[[int], bytes],
    tell: Tell,
) -> Backup:
    """Write keys and records to ``out``, which must not exist; return what is in it. It is there whole or not at all.

    Raises ConfigError where it cannot be written, ServiceError where the records cannot be read.
    """
    if out.exists():
        raise ConfigError(f"{out}: is there already; a backup does not replace a file")
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                archive = ArchiveWriter(file, passphrase, random(SALT_BYTES))
                with snapshot(engine) as connection:
                    head = Head(now, schema.VERSION, version, counts(connection))
                    archive.write(encoded(head))
                    archive.write(encoded(MasterKey(master)))
                    manifest = _records(connection, archive, signer, head, tell)
                archive.write(encoded(manifest))
                archive.finish()
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, out)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{out}: the backup cannot be written ({type(error).__name__})") from error
    rows = {name: digest.rows for name, digest in manifest.tables.items()}
    return Backup(now, version, master, rows, manifest.size, manifest.checkpoint.decode())


def _records(
    connection: Connection, archive: ArchiveWriter, signer: Signer, head: Head, tell: Tell
) -> Manifest:
    digests = Digests()
    for table in tables():
        names = tuple(str(column.name) for column in columns(table))
        for rows in batches(connection, table):
            piece = Rows(str(table.name), names, rows)
            data = encoded(piece)
            archive.write(data)
            tell(table.name, digests.add(piece, data), head.rows[table.name])
    size, frontier = connection.execute(select(schema.tree.c.size, schema.tree.c.frontier)).one()
    root = Frontier.from_bytes(size, bytes(frontier)).root()
    return Manifest(digests.tables(), size, bytes(signer.sign(size, root).note))
