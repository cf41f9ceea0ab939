"""The audit log as those read it who tell others, and how far each of them has come."""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.domain.errors import ServiceError
from redoubt.services.audit.canonical import parse
from redoubt.services.telling.interface import Told

WHAT = "the audit log"


class SqlTail:
    """Implements `Tail` over SQLAlchemy.

    Who tells a sink is elected by a row: no lock is held, and where clocks disagree the worst is that something is told twice.
    """

    def __init__(self, engine: Engine, holder: str, clock: Callable[[], float] = time.time) -> None:
        """``holder`` names this gateway, and nobody else."""
        self._engine, self._holder, self._clock = engine, holder, clock

    async def size(self) -> int:
        """See `Tail.size`."""
        return await asyncio.to_thread(self._size)

    async def read(self, first: int, limit: int) -> tuple[Told, ...]:
        """See `Tail.read`."""
        return await asyncio.to_thread(self._read, first, limit)

    async def next(self, sink: str) -> int | None:
        """See `Tail.next`."""
        return await asyncio.to_thread(self._next, sink)

    async def hold(self, sink: str, first: int, seconds: float) -> bool:
        """See `Tail.hold`."""
        return await asyncio.to_thread(self._hold, sink, first, seconds)

    async def advance(self, sink: str, following: int) -> bool:
        """See `Tail.advance`."""
        return await asyncio.to_thread(self._advance, sink, following)

    async def release(self, sink: str) -> None:
        """See `Tail.release`."""
        await asyncio.to_thread(self._release, sink)

    def _size(self) -> int:
        with reading(self._engine, WHAT) as connection:
            return int(connection.execute(select(schema.tree.c.size)).scalar_one())

    def _read(self, first: int, limit: int) -> tuple[Told, ...]:
        columns = schema.entries.c
        query = select(columns["index"], columns.leaf, columns.body).where(columns["index"] >= first)
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(query.order_by(columns["index"]).limit(limit)).all()
        told: list[Told] = []
        for place, (index, leaf, body) in enumerate(rows, first):
            if index != place:
                break  # what is not there yet comes before what is: the order of the log is kept
            try:
                told.append(Told(index, bytes(leaf), bytes(body), parse(body)))
            except ValueError as error:
                raise ServiceError(f"entry {index} of {WHAT}: {error}") from error
        return tuple(told)

    def _next(self, sink: str) -> int | None:
        cursors = schema.cursors.c
        with reading(self._engine, WHAT) as connection:
            found = connection.execute(select(cursors.next).where(cursors.sink == sink)).scalar_one_or_none()
        return None if found is None else int(found)

    def _hold(self, sink: str, first: int, seconds: float) -> bool:
        now = self._clock()
        cursors = schema.cursors.c
        with reading(self._engine, WHAT) as connection:
            row = connection.execute(
                select(cursors.holder, cursors.held_until).where(cursors.sink == sink)
            ).one_or_none()
        if row is not None:
            ours, left = row.holder == self._holder, row.held_until - now
            if left > 0 and not ours:
                return False
            if ours and left > seconds / 2:
                return True  # said lately: writing it anew each second would be work for nothing
        try:
            with writing(self._engine, WHAT) as connection:
                if row is None:
                    first_row = {
                        "sink": sink,
                        "next": first,
                        "holder": self._holder,
                        "held_until": now + seconds,
                    }
                    connection.execute(insert(schema.cursors).values(first_row))
                    return True
                return self._take(connection, sink, now, now + seconds)
        except ServiceError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False  # another gateway was first
            raise

    def _take(self, connection: Connection, sink: str, now: float, until: float) -> bool:
        cursors = schema.cursors.c
        free = or_(cursors.holder == self._holder, cursors.held_until <= now)
        done = connection.execute(
            update(schema.cursors)
            .where(cursors.sink == sink, free)
            .values(holder=self._holder, held_until=until)
        )
        return done.rowcount == 1

    def _advance(self, sink: str, following: int) -> bool:
        return self._change(sink, next=following)

    def _release(self, sink: str) -> None:
        self._change(sink, held_until=0.0)

    def _change(self, sink: str, **values: float) -> bool:
        cursors = schema.cursors.c
        ours = (cursors.sink == sink, cursors.holder == self._holder)
        with writing(self._engine, WHAT) as connection:
            return connection.execute(update(schema.cursors).where(*ours).values(values)).rowcount == 1
