"""`redoubt.services.audit.evidence.Prover` over the tables of the log.

A proof needs hashes of subtrees. Those at every eighth level are kept once they are full (each over 256 of the level below), so that a
proof in a log of any size reads a few hundred rows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Connection, Engine, literal, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.ignoring import insert_new
from redoubt.services.audit.evidence import LoggedEntry, TamperedError
from redoubt.services.audit.interface import Head
from redoubt.services.audit.proofs import (
    Range,
    Subtree,
    consistency_ranges,
    fold,
    inclusion_ranges,
    perfect,
    prove,
)
from redoubt.services.audit.tree import Frontier, node_hash

WHAT = "the audit log"
STEP = 8
"""Levels from one that is kept to the next."""
_WIDTH = 1 << STEP
_ROWS = 1000
"""Kept in one statement."""


class SqlProver:
    """Reads the log as a tree."""

    def __init__(self, engine: Engine, head: Callable[[], Awaitable[Head]] | None = None) -> None:
        """``head``: in place of the table's word, for a log whose entries get their places later (`AuditLog.head`)."""
        self._engine = engine
        self._newest = head

    async def head(self) -> Head:
        """See `Prover.head`."""
        return await (asyncio.to_thread(self._head) if self._newest is None else self._newest())

    async def root(self, size: int) -> bytes:
        """See `Prover.root`."""
        return fold(await self.frontier(size))

    async def frontier(self, size: int) -> tuple[bytes, ...]:
        """See `Prover.frontier`."""
        return await asyncio.to_thread(self._hashes, perfect((0, size)))

    async def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """See `Prover.inclusion`."""
        return await asyncio.to_thread(self._prove, inclusion_ranges(index, size))

    async def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """See `Prover.consistency`."""
        return await asyncio.to_thread(self._prove, consistency_ranges(old, new))

    async def indexes(self, exchange: str, size: int, most: int) -> tuple[int, ...]:
        """See `Prover.indexes`."""
        return await asyncio.to_thread(self._indexes, exchange, size, most)

    async def page(self, start: int, end: int, *, texts: bool) -> Sequence[LoggedEntry]:
        """See `Prover.page`."""
        return await asyncio.to_thread(self._page, start, end, texts)

    def _head(self) -> Head:
        with reading(self._engine, WHAT) as connection:
            size, stored = connection.execute(select(schema.tree.c.size, schema.tree.c.frontier)).one()
        return Head(size, Frontier.from_bytes(size, stored).root())

    def _prove(self, ranges: Sequence[Range]) -> tuple[bytes, ...]:
        wanted = [subtree for leaves in ranges for subtree in perfect(leaves)]
        return prove(ranges, dict(zip(wanted, self._hashes(wanted), strict=True)).__getitem__)

    def _hashes(self, wanted: Sequence[Subtree]) -> tuple[bytes, ...]:
        made: dict[Subtree, bytes] = {}
        with reading(self._engine, WHAT) as connection:
            found = tuple(_hash(connection, subtree, made) for subtree in wanted)
        if made:
            self._keep(made)
        return found

    def _keep(self, made: dict[Subtree, bytes]) -> None:
        rows = [{"level": level, "place": place, "hash": hash_} for (level, place), hash_ in made.items()]
        statement = insert_new(self._engine, schema.subtrees)
        with writing(self._engine, WHAT) as connection:
            for start in range(0, len(rows), _ROWS):
                connection.execute(statement, rows[start : start + _ROWS])

    def _indexes(self, exchange: str, size: int, most: int) -> tuple[int, ...]:
        columns = schema.entries.c
        query = select(columns["index"]).where(columns.exchange == exchange, columns["index"] < size)
        with reading(self._engine, WHAT) as connection:
            return tuple(connection.scalars(query.order_by(columns["index"]).limit(most)))

    def _page(self, start: int, end: int, texts: bool) -> Sequence[LoggedEntry]:
        columns = schema.entries.c
        sealed = columns.sealed if texts else literal(b"")
        query = select(columns["index"], columns.leaf, columns.body, sealed).where(
            columns["index"] >= start, columns["index"] < end
        )
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(query.order_by(columns["index"])).all()
        for expected, row in zip(range(start, end), rows, strict=False):
            if row[0] != expected:
                raise TamperedError(f"entry {expected} is missing from the audit log")
        if len(rows) != end - start:
            raise TamperedError(f"entry {start + len(rows)} is missing from the audit log")
        return [LoggedEntry(*row) for row in rows]


def _hash(connection: Connection, subtree: Subtree, made: dict[Subtree, bytes]) -> bytes:
    level, place = subtree
    base = level - level % STEP
    return _combined(_row(connection, base, place << level - base, 1 << level - base, made))


def _row(
    connection: Connection, level: int, start: int, count: int, made: dict[Subtree, bytes]
) -> list[bytes]:
    """Return ``count`` neighbouring hashes of a kept level, making those that are not kept yet."""
    if level == 0:
        columns = schema.entries.c
        query = select(columns.leaf).where(columns["index"] >= start, columns["index"] < start + count)
        leaves = list(connection.scalars(query.order_by(columns["index"])))
        if len(leaves) != count:
            raise TamperedError(
                f"one of the entries {start} to {start + count - 1} is missing from the audit log"
            )
        return leaves
    kept = schema.subtrees.c
    query = select(kept.place, kept.hash).where(
        kept.level == level, kept.place >= start, kept.place < start + count
    )
    known: dict[int, bytes] = {row[0]: row[1] for row in connection.execute(query)}
    for place in range(start, start + count):
        if place not in known:
            key = (level, place)
            if key not in made:
                made[key] = _combined(_row(connection, level - STEP, place * _WIDTH, _WIDTH, made))
            known[place] = made[key]
    return [known[place] for place in range(start, start + count)]


def _combined(hashes: list[bytes]) -> bytes:
    """Return the root over a power of two of neighbouring hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]
