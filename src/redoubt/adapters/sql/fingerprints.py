"""Fingerprints in a database, and the latest of them in memory."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from math import inf

from sqlalchemy import Engine, Insert, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.services.fingerprints.interface import COMMON

WHAT = "the store of fingerprints"
KEPT_SECONDS = 90 * 24 * 3600.0
"""How long a value stays somebody's after it was seen last."""
RENEWED_SECONDS = 24 * 3600.0
"""A fingerprint that was written so lately is not written again: chat clients send the same history at each turn."""
REMEMBERED = 65_536
"""Fingerprints in memory."""
LARGEST = 256
"""Fingerprints in one statement."""


class SqlFingerprints:
    """Implements `Fingerprints` over SQLAlchemy."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float]) -> None:
        """Take up what was noted latest. Raises ServiceError."""
        self._engine, self._clock = engine, clock
        self._owners: dict[bytes, dict[bytes, float]] = {}
        self._take_up(self._latest())

    async def note(self, owner: bytes, marks: Collection[bytes], person: bytes = b"") -> None:
        """See `Fingerprints.note`."""
        now = self._clock()
        fresh = [m for m in marks if self._owners.get(m, {}).get(owner, -inf) < now - RENEWED_SECONDS]
        if fresh:
            await asyncio.to_thread(self._note, owner, fresh, person, now)
            for mark in fresh:
                self._remember(mark, owner, now)

    async def foreign(self, owner: bytes, marks: Collection[bytes]) -> frozenset[bytes]:
        """See `Fingerprints.foreign`."""
        return await asyncio.to_thread(self._foreign, owner, tuple(marks))

    def recent(self, owner: bytes, mark: bytes) -> bool:
        """See `Fingerprints.recent`."""
        owners = self._owners.get(mark, {})
        least = self._clock() - KEPT_SECONDS
        return owner not in owners and 0 < sum(at > least for at in owners.values()) < COMMON

    async def forget(self, person: bytes) -> int:
        """See `Fingerprints.forget`."""
        count = await asyncio.to_thread(self._forget, person)
        await self.look_again()
        return count

    async def look_again(self) -> None:
        """See `Fingerprints.look_again`."""
        latest = await asyncio.to_thread(self._latest)
        self._owners = {}
        self._take_up(latest)

    async def purge(self) -> int:
        """See `Fingerprints.purge`."""
        return await asyncio.to_thread(self._purge)

    def _latest(self) -> list[tuple[bytes, bytes, float]]:
        seen = schema.fingerprints.c
        latest = select(seen.mark, seen.owner, seen.seen_at).order_by(seen.seen_at.desc()).limit(REMEMBERED)
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(latest).all()
        return [(bytes(mark), bytes(owner), at) for mark, owner, at in reversed(rows)]

    def _take_up(self, rows: Iterable[tuple[bytes, bytes, float]]) -> None:
        for mark, owner, at in rows:
            self._remember(mark, owner, at)

    def _remember(self, mark: bytes, owner: bytes, at: float) -> None:
        owners = self._owners.pop(mark, {})
        if len(owners) < COMMON or owner in owners:
            owners = {**owners, owner: at}
        if len(self._owners) >= REMEMBERED:
            del self._owners[next(iter(self._owners))]
        self._owners[mark] = owners

    def _note(self, owner: bytes, marks: list[bytes], person: bytes, now: float) -> None:
        statement = upsert(self._engine.dialect.name)
        with writing(self._engine, WHAT) as connection:
            connection.execute(
                statement,
                [
                    {"mark": m, "owner": owner, "seen_at": now, "person": person or None}
                    for m in sorted(marks)
                ],
            )

    def _foreign(self, owner: bytes, marks: tuple[bytes, ...]) -> frozenset[bytes]:
        seen = schema.fingerprints.c
        found: set[bytes] = set()
        with reading(self._engine, WHAT) as connection:
            for first in range(0, len(marks), LARGEST):
                some = marks[first : first + LARGEST]
                rows = connection.execute(
                    select(seen.mark, seen.owner).where(
                        seen.mark.in_(some), seen.seen_at > self._clock() - KEPT_SECONDS
                    )
                ).all()
                owners: dict[bytes, set[bytes]] = {}
                for mark, who in rows:
                    owners.setdefault(bytes(mark), set()).add(bytes(who))
                found.update(m for m, who in owners.items() if owner not in who and len(who) < COMMON)
        return frozenset(found)

    def _forget(self, person: bytes) -> int:
        table = schema.fingerprints
        with writing(self._engine, WHAT) as connection:
            count = connection.execute(delete(table).where(table.c.person == person)).rowcount
            if count:  # other gateways look again at each generation; that of the data keys came before these rows were gone
                number = schema.generation.c.number
                connection.execute(update(schema.generation).values(number=number + 1))
        return count

    def _purge(self) -> int:
        seen = schema.fingerprints.c
        # What somebody renews at this moment is left alone: to wait for each other's rows could end in a deadlock.
        old = select(seen.mark, seen.owner).where(seen.seen_at <= self._clock() - KEPT_SECONDS)
        gone = tuple_(seen.mark, seen.owner).in_(old.with_for_update(skip_locked=True))
        with writing(self._engine, WHAT) as connection:
            return connection.execute(delete(schema.fingerprints).where(gone)).rowcount


def upsert(dialect: str) -> Insert:
    """Return the statement that writes fingerprints, or renews those that are there, for ``sqlite`` or ``postgresql``."""
    into = sqlite.insert if dialect == "sqlite" else postgresql.insert
    new = into(schema.fingerprints)
    return new.on_conflict_do_update(
        index_elements=["mark", "owner"],
        set_={"seen_at": new.excluded.seen_at, "person": new.excluded.person},
    )
