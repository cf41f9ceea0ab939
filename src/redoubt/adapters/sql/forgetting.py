"""Erasure, retention and holds in a database. One row puts whoever destroys keys, whoever holds and whoever seals in order."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.data_keys import owner_of
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.scrubbing import scrub
from redoubt.adapters.sql.sequencer import Elected
from redoubt.adapters.sql.sequencing import InPlace
from redoubt.domain.errors import HeldError, ServiceError
from redoubt.services.audit.canonical import parse
from redoubt.services.audit.forgetting import Destroyed, Hold
from redoubt.services.audit.sealing import period
from redoubt.services.audit.search import hashed

WHAT = "the audit log"
TRIES = 20
"""Looks for a moment in which no entry that is to be erased is on its way into the log."""
LOOKED_AT = 100
"""Entries of a name that are read to see whose they are."""
_keys, _holds, _found, _marks = schema.data_keys, schema.holds, schema.search, schema.marks


class SqlForgetting:
    """Implements `Forgetting` over SQLAlchemy."""

    def __init__(self, engine: Engine, *, subject_key: bytes, clock: Callable[[], float]) -> None:
        self._engine, self._subject_key, self._clock = engine, subject_key, clock
        self._settle = (Elected(engine) if engine.dialect.name == "postgresql" else InPlace()).settle

    async def knows(self, tenant: str, subject: str) -> bool:
        """See `Forgetting.knows`."""
        return await asyncio.to_thread(self._knows, tenant, subject)

    async def erase(self, tenant: str, subject: str, by: str) -> Destroyed:
        """See `Forgetting.erase`."""
        return await asyncio.to_thread(self._erase, tenant, subject, by)

    async def retire(self, before: float, by: str) -> Destroyed:
        """See `Forgetting.retire`."""
        return await asyncio.to_thread(self._retire, before, by)

    async def scrub(self) -> tuple[str, ...]:
        """See `Forgetting.scrub`."""
        return await asyncio.to_thread(scrub, self._engine, WHAT)

    async def hold(self, hold: Hold) -> None:
        """See `Forgetting.hold`."""
        await asyncio.to_thread(self._hold, hold)

    async def release(self, tenant: str, subject: str, by: str) -> int:
        """See `Forgetting.release`."""
        return await asyncio.to_thread(self._release, tenant, subject, by)

    async def holds(self) -> tuple[Hold, ...]:
        """See `Forgetting.holds`."""
        return await asyncio.to_thread(self._in_force)

    async def generation(self) -> int:
        """See `Forgetting.generation`."""
        return await asyncio.to_thread(self._generation)

    def _knows(self, tenant: str, subject: str) -> bool:
        owner = self._owner(tenant, subject)
        places = (
            select(_keys.c.subject).where(_keys.c.owner == owner),
            select(schema.erasures.c.id).where(schema.erasures.c.owner == owner),
            select(_holds.c.id).where(_holds.c.owner == owner),
        )
        with reading(self._engine, WHAT) as connection:
            if any(connection.execute(place.limit(1)).first() is not None for place in places):
                return True
            bodies = connection.execute(_latest_of(subject)).scalars().all()
        try:
            found = [parse(body) for body in bodies]
        except ValueError as error:
            raise ServiceError(f"{WHAT}: {error}") from error
        return any((entry.tenant, entry.subject) == (tenant, subject) for entry in found)

    def _refuse_held(self, connection: Connection, owner: bytes) -> None:
        held = select(_holds.c.id).where(_holds.c.owner == owner, self._holding())
        if hold := connection.execute(held.limit(1)).scalar():
            raise HeldError(
                f"this person's texts are under legal hold ({hold}) and stay; nothing was erased. Release the hold first"
            )

    def _erase(self, tenant: str, subject: str, by: str) -> Destroyed:
        return self._settled(lambda: self._erase_settled(tenant, subject, by))

    def _erase_settled(self, tenant: str, subject: str, by: str) -> Destroyed | None:
        """Erase a person; do nothing, and return None, where an entry of theirs has no place in the log yet."""
        owner = self._owner(tenant, subject)
        theirs = _keys.c.owner == owner
        with writing(self._engine, WHAT) as connection:
            _take_turn(connection)
            self._refuse_held(connection, owner)
            if _on_the_way(connection, theirs):
                return None
            mine = _entries_of(subject, owner)
            entries = _sealed_by(connection, theirs, mine)
            connection.execute(delete(_marks).where(_marks.c["index"].in_(mine)))
            return self._destroy(connection, theirs, by, entries, owner=owner)

    def _retire(self, before: float, by: str) -> Destroyed:
        return self._settled(lambda: self._retire_settled(before, by))

    def _retire_settled(self, before: float, by: str) -> Destroyed | None:
        """Retire the old months; do nothing, and return None, where an entry of theirs has no place in the log yet."""
        month = period(before)
        held = select(_holds.c.owner).where(self._holding())
        old = (_keys.c.period < month) & _keys.c.owner.not_in(held)
        with reading(self._engine, WHAT) as connection:
            if connection.execute(select(_keys.c.subject).where(old).limit(1)).first() is None:
                return Destroyed(0, 0)
        with writing(self._engine, WHAT) as connection:
            _take_turn(connection)
            if _on_the_way(connection, old):
                return None
            subjects = connection.execute(select(_holds.c.subject).where(self._holding())).scalars()
            kept = [hashed(subject) for subject in subjects]
            # By their time and not their place: what was spooled stands behind what is younger.
            gone = select(_found.c["index"]).where(
                _found.c.at_us < _begins_us(month), _found.c.subject.not_in(kept)
            )
            connection.execute(delete(_marks).where(_marks.c["index"].in_(gone)))
            return self._destroy(connection, old, by, -1, month=month)

    def _settled(self, destroy: Callable[[], Destroyed | None]) -> Destroyed:
        """Try to ``destroy`` until no entry that it is about is on its way into the log: what is found later keeps its values."""
        for _ in range(TRIES):
            self._settle()
            if (done := destroy()) is not None:
                return done
        raise ServiceError("the audit log: entries to be erased keep coming in; try again")

    def _destroy(
        self,
        connection: Connection,
        which: ColumnElement[bool],
        by: str,
        entries: int,
        *,
        owner: bytes | None = None,
        month: str | None = None,
    ) -> Destroyed:
        """Delete the keys, which overwrites them in SQLite (``PRAGMA secure_delete``), and write down that it was done."""
        keys = connection.execute(delete(_keys).where(which)).rowcount
        connection.execute(update(schema.generation).values(number=schema.generation.c.number + 1))
        row: dict[str, Any] = {"by": by, "at": self._clock(), "keys": keys, "entries": entries}
        connection.execute(insert(schema.erasures).values(owner=owner, period=month, **row))
        return Destroyed(keys, entries)

    def _hold(self, hold: Hold) -> None:
        row = {field: getattr(hold, field) for field in Hold.__slots__}
        with writing(self._engine, WHAT) as connection:
            _take_turn(connection)
            connection.execute(insert(_holds).values(owner=self._owner(hold.tenant, hold.subject), **row))

    def _release(self, tenant: str, subject: str, by: str) -> int:
        theirs = (_holds.c.owner == self._owner(tenant, subject)) & self._holding()
        with writing(self._engine, WHAT) as connection:
            _take_turn(connection)
            changed = update(_holds).where(theirs).values(released_at=self._clock(), released_by=by)
            return connection.execute(changed).rowcount

    def _in_force(self) -> tuple[Hold, ...]:
        chosen = select(*(_holds.c[field] for field in Hold.__slots__)).where(self._holding())
        with reading(self._engine, WHAT) as connection:
            return tuple(Hold(*row) for row in connection.execute(chosen.order_by(_holds.c.at, _holds.c.id)))

    def _generation(self) -> int:
        with reading(self._engine, WHAT) as connection:
            return int(connection.execute(select(schema.generation.c.number)).scalar_one())

    def _owner(self, tenant: str, subject: str) -> bytes:
        return owner_of(self._subject_key, tenant, subject)

    def _holding(self) -> ColumnElement[bool]:
        return _holds.c.released_at.is_(None) & or_(_holds.c.until.is_(None), _holds.c.until > self._clock())


def _take_turn(connection: Connection) -> None:
    """Wait until nobody seals, destroys or holds; they wait for us from now on."""
    connection.execute(select(schema.generation.c.number).with_for_update()).one()


def _on_the_way(connection: Connection, which: ColumnElement[bool]) -> bool:
    """Tell whether an entry that is sealed with one of the keys has no place in the log yet."""
    names = select(_keys.c.subject).where(which)
    pending = select(schema.pending.c.place).where(schema.pending.c.subject.in_(names))
    return connection.execute(pending.limit(1)).first() is not None


def _latest_of(subject: str) -> Select[Any]:
    """Return the query for the latest entries about whoever bears a name; in practice no two tenants have one in common."""
    entries = schema.entries.c
    together = _found.join(schema.entries, entries["index"] == _found.c["index"])
    chosen = select(entries.body).select_from(together).where(_found.c.subject == hashed(subject))
    return chosen.order_by(_found.c["index"].desc()).limit(LOOKED_AT)


def _entries_of(subject: str, owner: bytes) -> Select[Any]:
    """Return the query for the entries of a person: those of their name, but for whose key is another tenant's."""
    entries = schema.entries.c
    anothers = exists().where(_keys.c.subject == entries.subject, _keys.c.owner != owner)
    together = _found.join(schema.entries, entries["index"] == _found.c["index"])
    return (
        select(_found.c["index"]).select_from(together).where(_found.c.subject == hashed(subject), ~anothers)
    )


def _sealed_by(connection: Connection, which: ColumnElement[bool], among: Select[Any]) -> int:
    """Count the entries whose text opens with one of the keys."""
    entries = schema.entries.c
    opens = exists().where(_keys.c.subject == entries.subject, which)
    counted = select(func.count()).where(entries["index"].in_(among), func.length(entries.sealed) > 0, opens)
    return int(connection.execute(counted).scalar_one())


def _begins_us(month: str) -> int:
    begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return int(begins.timestamp()) * 1_000_000
