"""`redoubt.services.audit.evidence.Checkpoints` over SQLAlchemy."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Select, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.ignoring import insert_new
from redoubt.services.audit.checkpoint import SignedCheckpoint
from redoubt.services.audit.cosignature import Cosignature
from redoubt.services.audit.evidence import KeptCheckpoint

WHAT = "the checkpoints of the audit log"
_ALL = select(schema.checkpoints)
_of = schema.checkpoints.c


class SqlCheckpoints:
    """Keeps checkpoints, cosignatures and timestamps."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def latest(self, *, stamped: bool = False) -> KeptCheckpoint | None:
        """See `Checkpoints.latest`."""
        among = _ALL.where(_of.timestamp.is_not(None)) if stamped else _ALL
        return await self._one(among.order_by(_of.size.desc()).limit(1))

    async def of_size(self, size: int) -> KeptCheckpoint | None:
        """See `Checkpoints.of_size`."""
        return await self._one(_ALL.where(_of.size == size))

    async def sizes(self) -> Sequence[int]:
        """See `Checkpoints.sizes`."""
        return await asyncio.to_thread(self._sizes)

    async def keep(self, signed: SignedCheckpoint, at: float) -> bool:
        """See `Checkpoints.keep`."""
        checkpoint = signed.checkpoint
        row = {"size": checkpoint.size, "root": checkpoint.root, "signed": bytes(signed.note), "at": at}
        return await asyncio.to_thread(self._insert, schema.checkpoints, [row]) > 0

    async def add_cosignatures(self, size: int, found: Sequence[Cosignature]) -> None:
        """See `Checkpoints.add_cosignatures`."""
        rows = [
            {"size": size, "name": each.key.name, "key_id": each.key.id, "line": str(each.line)}
            for each in found
        ]
        if rows:
            await asyncio.to_thread(self._insert, schema.cosignatures, rows)

    async def add_timestamp(self, size: int, token: bytes) -> None:
        """See `Checkpoints.add_timestamp`."""
        await asyncio.to_thread(self._stamp, size, token)

    async def _one(self, query: Select[Any]) -> KeptCheckpoint | None:
        found = await asyncio.to_thread(self._read, query)
        return found[0] if found else None

    def _sizes(self) -> Sequence[int]:
        with reading(self._engine, WHAT) as connection:
            return list(connection.scalars(select(_of.size).order_by(_of.size)))

    def _read(self, query: Select[Any]) -> list[KeptCheckpoint]:
        columns = schema.cosignatures.c
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(query).mappings().all()
            sizes = [row["size"] for row in rows]
            lines: dict[int, list[str]] = {}
            if sizes:
                said = select(columns.size, columns.line).where(
                    columns.size >= min(sizes), columns.size <= max(sizes)
                )
                for size, line in connection.execute(said.order_by(columns.name, columns.key_id)):
                    lines.setdefault(size, []).append(line)
        return [
            KeptCheckpoint(
                row["size"],
                row["root"],
                row["signed"],
                row["at"],
                row["timestamp"] or b"",
                tuple(lines.get(row["size"], ())),
            )
            for row in rows
        ]

    def _insert(self, table: Any, rows: list[dict[str, Any]]) -> int:
        with writing(self._engine, WHAT) as connection:
            return sum(connection.execute(insert_new(self._engine, table), row).rowcount for row in rows)

    def _stamp(self, size: int, token: bytes) -> None:
        columns = schema.checkpoints.c
        with writing(self._engine, WHAT) as connection:
            connection.execute(
                update(schema.checkpoints)
                .where(columns.size == size, columns.timestamp.is_(None))
                .values(timestamp=token)
            )
