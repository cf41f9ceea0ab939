"""Requests to see recorded texts, in a database. Each step is one statement that changes a row only if nobody took the step before."""

import asyncio
from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, Engine, insert, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.domain.errors import InputError, RightsError
from redoubt.services.audit.reveals import OPEN_SECONDS, Reveal

WHAT = "the requests to see texts"
_columns = schema.reveals.c
_FIELDS = Reveal.__slots__


class SqlReveals:
    """Implements `Reveals` over SQLAlchemy."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float]) -> None:
        self._engine, self._clock = engine, clock

    async def ask(self, reveal: Reveal) -> None:
        """See `Reveals.ask`."""
        await asyncio.to_thread(self._ask, reveal)

    async def approve(self, reveal_id: str, by: str) -> Reveal:
        """See `Reveals.approve`."""
        return await asyncio.to_thread(self._approve, reveal_id, by)

    async def open(self, reveal_id: str, by: str) -> Reveal:
        """See `Reveals.open`."""
        return await asyncio.to_thread(self._open, reveal_id, by)

    async def find(self, reveal_id: str) -> Reveal | None:
        """See `Reveals.find`."""
        return await asyncio.to_thread(self._find, reveal_id)

    async def recent(
        self, limit: int = 100, *, tenants: Collection[str] = (), by: str = "", exchange: str = ""
    ) -> tuple[Reveal, ...]:
        """See `Reveals.recent`."""
        return await asyncio.to_thread(self._recent, limit, tenants, by, exchange)

    def _ask(self, reveal: Reveal) -> None:
        row = {field: getattr(reveal, field) for field in _FIELDS}
        with writing(self._engine, WHAT) as connection:
            connection.execute(insert(schema.reveals).values(row))

    def _approve(self, reveal_id: str, by: str) -> Reveal:
        found = self._fetch(reveal_id)
        if found.by == by:
            raise RightsError("who asks to see a text cannot approve it; another person must")
        now = self._clock()
        self._step(
            reveal_id,
            (_columns.approved_by.is_(None), _columns.by != by),
            {"approved_by": by, "approved_at": now, "expires_at": now + OPEN_SECONDS},
            "this request does not wait for approval any more",
        )
        return self._fetch(reveal_id)

    def _open(self, reveal_id: str, by: str) -> Reveal:
        found = self._fetch(reveal_id)
        if found.by != by:
            raise RightsError("only who asked to see this text may see it")
        self._step(
            reveal_id,
            (_columns.approved_by.is_not(None), _columns.approved_by != by, _columns.opened_at.is_(None)),
            {"opened_at": self._clock()},
            "this request is not approved, or its approval lapsed or was used; ask again",
        )
        return self._fetch(reveal_id)

    def _step(
        self, reveal_id: str, only: tuple[ColumnElement[bool], ...], values: dict[str, object], otherwise: str
    ) -> None:
        fresh = (_columns.id == reveal_id, _columns.expires_at > self._clock())
        with writing(self._engine, WHAT) as connection:
            if not connection.execute(update(schema.reveals).where(*fresh, *only).values(values)).rowcount:
                raise InputError(otherwise)

    def _fetch(self, reveal_id: str) -> Reveal:
        found = self._find(reveal_id)
        if found is None:
            raise InputError("there is no request of that id")
        return found

    def _find(self, reveal_id: str) -> Reveal | None:
        chosen = select(*(_columns[field] for field in _FIELDS)).where(_columns.id == reveal_id)
        with reading(self._engine, WHAT) as connection:
            row = connection.execute(chosen).first()
        return None if row is None else Reveal(*row)

    def _recent(self, limit: int, tenants: Collection[str], by: str, exchange: str) -> tuple[Reveal, ...]:
        chosen = select(*(_columns[field] for field in _FIELDS)).order_by(_columns.at.desc(), _columns.id)
        if tenants:
            chosen = chosen.where(_columns.tenant.in_(tenants))
        if by:
            chosen = chosen.where(_columns.by == by)
        if exchange:
            chosen = chosen.where(_columns.exchange == exchange)
        with reading(self._engine, WHAT) as connection:
            return tuple(Reveal(*row) for row in connection.execute(chosen.limit(limit)))
