"""Rotation of the KEK: data keys are wrapped anew, a few at a time, and no entry is touched."""

import asyncio

from sqlalchemy import Engine, func, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.scrubbing import scrub
from redoubt.domain.errors import ServiceError
from redoubt.services.audit.kek import KekRing, Rewrapped

WHAT = "the audit log"
BATCH = 500
"""Data keys in one transaction; what wraps them may be asked over the network, before it begins."""

_keys = schema.data_keys.c


class SqlRewrapping:
    """Implements `Rewrapping` over SQLAlchemy."""

    def __init__(self, engine: Engine, keks: KekRing) -> None:
        self._engine, self._keks = engine, keks

    async def rewrap(self) -> Rewrapped:
        """See `Rewrapping.rewrap`."""
        return await asyncio.to_thread(self._rewrap)

    def _rewrap(self) -> Rewrapped:
        kek, done = self._keks.current, 0
        while rows := self._next():
            wrapped = [(name, old, kek.wrap(self._unwrapped(under, old))) for name, under, old in rows]
            done += self._write(wrapped)
        with reading(self._engine, WHAT) as connection:
            left = connection.execute(select(func.count()).where(_keys.kek != kek.id)).scalar_one()
        scrub(self._engine, WHAT)  # also what a run before this one wrapped, and broke off
        return Rewrapped(kek.id, done, left)

    def _next(self) -> list[tuple[bytes, str, bytes]]:
        chosen = select(_keys.subject, _keys.kek, _keys.wrapped).where(_keys.kek != self._keks.current.id)
        with reading(self._engine, WHAT) as connection:
            return [(bytes(n), k, bytes(w)) for n, k, w in connection.execute(chosen.limit(BATCH))]

    def _unwrapped(self, kek: str, wrapped: bytes) -> bytes:
        try:
            return self._keks.unwrap(kek, wrapped)
        except ValueError as error:
            raise ServiceError(f"the audit log: {error}") from error

    def _write(self, rows: list[tuple[bytes, bytes, bytes]]) -> int:
        """Put the new forms where the old ones still are: a key that was destroyed meanwhile must not come back."""
        count = 0
        with writing(self._engine, WHAT) as connection:
            for name, old, new in rows:
                changed = (
                    update(schema.data_keys)
                    .where(_keys.subject == name, _keys.wrapped == old)
                    .values(wrapped=new, kek=self._keks.current.id)
                )
                count += connection.execute(changed).rowcount
        return count
