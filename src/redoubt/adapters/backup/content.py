"""What the pieces of a backup say, in their order: a head, the master key, rows table by table, and at last a manifest of it all."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec

from redoubt.domain.errors import InputError


class Head(msgspec.Struct, tag="head", frozen=True):
    """What it is a backup of."""

    made_at: float
    """Seconds since the epoch, UTC, before the records were read."""
    schema: int
    """Version of the tables."""
    version: str
    """Of Redoubt."""
    rows: dict[str, int]
    """How many each table had when it was begun; only for showing how far it has come."""


class MasterKey(msgspec.Struct, tag="key", frozen=True):
    """The key that everything is derived from."""

    key: bytes


class Rows(msgspec.Struct, tag="rows", frozen=True):
    """Rows of one table, in the order of its primary key."""

    table: str
    columns: tuple[str, ...]
    rows: list[list[Any]]


class TableDigest(msgspec.Struct, frozen=True):
    """What a table held."""

    rows: int
    sha256: bytes
    """Of its pieces, one behind the other."""


class Manifest(msgspec.Struct, tag="manifest", frozen=True):
    """What must have been read when everything was."""

    tables: dict[str, TableDigest]
    size: int
    """Entries in the tree of the log."""
    checkpoint: bytes
    """Signed note (C2SP tlog-checkpoint) of the log as it was."""


Piece = Head | MasterKey | Rows | Manifest

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Piece).decode


def encoded(piece: Piece) -> bytes:
    """Return the bytes of a piece."""
    return _encode(piece)


def decoded(pieces: Iterator[bytes]) -> Iterator[tuple[Piece, bytes]]:
    """Yield each piece and its bytes. Raises InputError for one that is none."""
    for data in pieces:
        try:
            yield _decode(data), data
        except msgspec.MsgspecError:
            raise InputError("the backup holds a piece that this version does not understand") from None


class Digests:
    """Counts and hashes the rows of each table as they pass."""

    def __init__(self) -> None:
        self._hashes: dict[str, Any] = {}
        self._counts: dict[str, int] = {}

    def add(self, rows: Rows, data: bytes) -> int:
        """Take a piece; return how many rows its table has had so far."""
        self._hashes.setdefault(rows.table, sha256()).update(data)
        self._counts[rows.table] = self._counts.get(rows.table, 0) + len(rows.rows)
        return self._counts[rows.table]

    def tables(self) -> dict[str, TableDigest]:
        """Return what has passed."""
        return {name: TableDigest(self._counts[name], h.digest()) for name, h in self._hashes.items()}
