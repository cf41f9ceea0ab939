"""Reads a backup: to see that it is whole, or to put its records where they belong. It is checked before anything of it counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, insert, or_, select, update

from redoubt.adapters.backup.archive import ArchiveReader
from redoubt.adapters.backup.content import Digests, Head, Manifest, MasterKey, Rows, decoded
from redoubt.adapters.sql import schema
from redoubt.adapters.sql.dumping import columns, count_on, empty, fill, replacing, tables
from redoubt.domain.backup import Backup, Tell
from redoubt.domain.errors import ConfigError, InputError
from redoubt.services.audit.checkpoint import Signer, open_checkpoint
from redoubt.services.audit.tree import Frontier, leaf_hash

_BY_NAME = {table.name: table for table in tables()}


def read(
    path: Path,
    passphrase: str,
    signer: Callable[[bytes], Signer],
    take: Callable[[Rows], None],
    tell: Tell,
) -> Backup:
    """Read all of a backup, hand its rows to ``take``, and check it against its manifest and its checkpoint.

    ``signer`` makes the log's signer from the master key. Raises InputError where anything does not agree, ConfigError where the
    file cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ConfigError(f"{path}: the backup cannot be read ({type(error).__name__})") from error
    head: Head | None = None
    master: MasterKey | None = None
    manifest: Manifest | None = None
    digests, log = Digests(), _Log()
    with file:
        for piece, data in decoded(ArchiveReader(file, passphrase).pieces()):
            match piece:
                case Head() if head is None:
                    head = _known(piece)
                case MasterKey() if head and master is None:
                    master = piece
                case Rows() if head and master and manifest is None:
                    _check_columns(piece)
                    log.add(piece)
                    take(piece)
                    tell(piece.table, digests.add(piece, data), head.rows.get(piece.table, 0))
                case Manifest() if head and master and manifest is None:
                    manifest = piece
                case _:
                    raise InputError("the backup's pieces are not in their order")
    if head is None or master is None or manifest is None:
        raise InputError("the backup does not say what it should hold: it is not whole")
    if digests.tables() != manifest.tables:
        raise InputError("the backup does not hold what its manifest says")
    log.check(manifest.checkpoint, signer(master.key))
    rows = {name: digest.rows for name, digest in manifest.tables.items()}
    checkpoint = manifest.checkpoint.decode()
    return Backup(head.made_at, head.version, master.key, rows, log.frontier.size, checkpoint)


def restore(
    engine: Engine,
    path: Path,
    passphrase: str,
    signer: Callable[[bytes], Signer],
    before_commit: Callable[[Backup], None],
    *,
    force: bool,
    tell: Tell,
) -> Backup:
    """Put the records of a backup into ``engine``; ``before_commit`` is called when all was read and agreed.

    Persons who were erased there since the backup was made are erased again. Raises ConfigError where the store holds
    records and ``force`` is not set, else as `read` does; then nothing has changed.
    """
    with replacing(engine) as connection:
        if not force and not _is_empty(connection):
            raise ConfigError(
                "the store holds records already; restore into an empty one, or replace what is there with --force"
            )
        before, generation = _erasures(connection), _generation(connection)
        empty(connection)
        done = read(
            path, passphrase, signer, lambda piece: fill(connection, _BY_NAME[piece.table], piece.rows), tell
        )
        again = _erase_again(connection, _since(before, _erasures(connection), done.made_at))
        # Above what anybody saw: whoever still holds keys or fingerprints of the store that was here lets go of them.
        number = max(generation, _generation(connection)) + 1
        connection.execute(update(schema.generation).values(number=number))
        count_on(connection)
        done = replace(done, erased_again=again)
        before_commit(done)
    return done


class _Log:
    """Recomputes the tree from the entries' own bytes."""

    def __init__(self) -> None:
        self.frontier = Frontier()

    def add(self, piece: Rows) -> None:
        if piece.table != schema.entries.name:
            return
        index, leaf, body = (piece.columns.index(name) for name in ("index", "leaf", "body"))
        for row in piece.rows:
            if row[index] != self.frontier.size or row[leaf] != leaf_hash(row[body]):
                raise InputError(f"entry {self.frontier.size} of the log in the backup is not what it was")
            self.frontier = self.frontier.append(row[leaf])

    def check(self, checkpoint: bytes, signer: Signer) -> None:
        try:
            said = open_checkpoint(checkpoint, [signer.vkey]).checkpoint
        except ValueError as error:
            raise InputError(f"the checkpoint in the backup cannot be trusted: {error}") from error
        if (said.size, said.root) != (self.frontier.size, self.frontier.root()):
            raise InputError("the log in the backup is not the one that its checkpoint vouches for")


def _known(head: Head) -> Head:
    if head.schema != schema.VERSION:
        raise ConfigError(
            f"the backup holds tables of version {head.schema}, this program knows {schema.VERSION}: "
            f"restore it with Redoubt {head.version}, then upgrade"
        )
    return head


def _check_columns(piece: Rows) -> None:
    table = _BY_NAME.get(piece.table)
    if table is None or piece.columns != tuple(str(column.name) for column in columns(table)):
        raise InputError("the backup holds a table that this version does not know")


def _is_empty(connection: Connection) -> bool:
    kept = (schema.entries, schema.pending, schema.api_keys)
    return all(connection.execute(select(table).limit(1)).first() is None for table in kept)


def _erasures(connection: Connection) -> list[dict[str, Any]]:
    erasures = schema.erasures
    chosen = select(*(c for c in erasures.columns if c is not erasures.c.id)).order_by(erasures.c.id)
    return [dict(row) for row in connection.execute(chosen).mappings()]


def _generation(connection: Connection) -> int:
    return int(connection.execute(select(schema.generation.c.number)).scalar() or 0)


def _since(
    before: Iterable[dict[str, Any]], restored: Sequence[dict[str, Any]], made_at: float
) -> list[dict[str, Any]]:
    """Return the erasures that the backup does not know. Persons' are told by the record alone: clocks of gateways differ."""
    unknown = [row for row in before if row not in restored]
    return [row for row in unknown if row["owner"] is not None or row["at"] >= made_at]


def _erase_again(connection: Connection, since: Sequence[dict[str, Any]]) -> int:
    """Destroy the data keys that were destroyed between the backup and now, and what else came back; keep the record of it.

    A record says of a person only what stands for them among the data keys. So where a person was erased, all pseudonyms and
    fingerprints that are about anybody go: they live for days, and who was erased must not come back.
    """
    keys, count = schema.data_keys, 0
    for row in since:
        whose = [keys.c.owner == row["owner"]] if row["owner"] is not None else []
        when = [keys.c.period < row["period"]] if row["period"] is not None else []
        gone = delete(keys).where(or_(*whose, *when)) if whose or when else None
        if gone is not None:
            count += connection.execute(gone).rowcount
        connection.execute(insert(schema.erasures).values(row))
    if since:
        entries, marks = schema.entries.c, schema.marks
        forgotten = select(entries["index"]).where(~exists().where(keys.c.subject == entries.subject))
        connection.execute(delete(marks).where(marks.c["index"].in_(forgotten)))
    if any(row["owner"] is not None for row in since):
        sessions, aliases, fingerprints = schema.sessions, schema.aliases, schema.fingerprints
        about = select(sessions.c.scope).where(sessions.c.owner.is_not(None))
        connection.execute(delete(aliases).where(aliases.c.scope.in_(about)))
        connection.execute(delete(sessions).where(sessions.c.owner.is_not(None)))
        connection.execute(delete(fingerprints).where(fingerprints.c.person.is_not(None)))
    return count
