"""How entries are read and found again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, Select, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading
from redoubt.adapters.sql.searching import indices
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.canonical import parse
from redoubt.services.audit.interface import Head, Receipt, StoredEntry
from redoubt.services.audit.kek import KekRing
from redoubt.services.audit.sealing import unseal
from redoubt.services.audit.search import Query
from redoubt.services.audit.tree import Frontier

WHAT = "the audit log"


class SqlReader:
    """The reading side of the audit log (`redoubt.services.audit.interface.AuditLog`)."""

    def __init__(self, engine: Engine, keks: KekRing, settle: Callable[[], None] = lambda: None) -> None:
        """``settle`` gives the entries that are durable their places; it is called before anything is read."""
        self._engine, self._keks, self._settle = engine, keks, settle

    async def read(
        self, *, exchange: str = "", limit: int = 100, before: int | None = None, reveal: bool = False
    ) -> AsyncIterator[StoredEntry]:
        """See `AuditLog.read`."""
        columns = schema.entries.c
        query = _entries()
        if exchange:
            query = query.where(columns.exchange == exchange)
        if before is not None:
            query = query.where(columns["index"] < before)
        for stored in await asyncio.to_thread(self._read, query.limit(limit), reveal):
            yield stored

    async def search(
        self, query: Query, *, limit: int = 100, before: int | None = None
    ) -> AsyncIterator[StoredEntry]:
        """See `AuditLog.search`."""
        for stored in await asyncio.to_thread(self._search, query, limit, before):
            yield stored

    async def head(self) -> Head:
        """See `AuditLog.head`."""
        return await asyncio.to_thread(self._head)

    def _search(self, query: Query, limit: int, before: int | None) -> list[StoredEntry]:
        self._settle()
        while True:
            with reading(self._engine, WHAT) as connection:
                found = connection.execute(indices(query, limit, before)).scalars().all()
            wanted = _entries().where(schema.entries.c["index"].in_(found))
            page = [stored for stored in self._fetch(wanted, reveal=False) if query.matches(stored.entry)]
            if page or not found:  # a whole page of words whose hashes are alike must not look like the end
                return page
            before = min(found)

    def _read(self, query: Select[Any], reveal: bool) -> list[StoredEntry]:
        self._settle()
        return self._fetch(query, reveal)

    def _fetch(self, query: Select[Any], reveal: bool) -> list[StoredEntry]:
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(query).mappings().all()
        ciphers: dict[bytes, AESGCM] = {}
        return [self._opened(row, ciphers if reveal else None) for row in rows]

    def _opened(self, row: Any, ciphers: dict[bytes, AESGCM] | None) -> StoredEntry:
        forgotten = bool(row["sealed"]) and row["wrapped"] is None
        try:
            entry = parse(row["body"])
            if ciphers is not None and row["sealed"] and not forgotten:
                if (name := row["subject"]) not in ciphers:
                    ciphers[name] = AESGCM(self._keks.unwrap(row["kek"], row["wrapped"]))
                entry = replace(entry, text=unseal(ciphers[name], row["sealed"], binding(entry)))
        except ValueError as error:
            raise ServiceError(f"entry {row['index']} of the audit log: {error}") from error
        return StoredEntry(Receipt(row["index"], row["leaf"]), entry, forgotten)

    def _head(self) -> Head:
        self._settle()
        with reading(self._engine, WHAT) as connection:
            size, stored = connection.execute(select(schema.tree.c.size, schema.tree.c.frontier)).one()
        return Head(size, Frontier.from_bytes(size, stored).root())


def binding(entry: Entry) -> bytes:
    """Return what the ciphertext of an entry is bound to: it opens for no other exchange and no other direction."""
    return f"{entry.exchange}\0{entry.kind}".encode()


def _entries() -> Select[Any]:
    """Return the query for entries with their data keys, newest first."""
    keys = schema.data_keys.c
    joined = schema.entries.outerjoin(schema.data_keys, keys.subject == schema.entries.c.subject)
    chosen = select(schema.entries, keys.wrapped, keys.kek).select_from(joined)
    return chosen.order_by(schema.entries.c["index"].desc())
