"""The audit log in a database: one writer thread that commits whatever has come in meanwhile (group commit)."""

import asyncio
import hmac
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, insert, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.canonical import canonical, parse
from redoubt.services.audit.interface import Head, Receipt, StoredEntry
from redoubt.services.audit.sealing import new_data_key, seal, unseal, unwrap_data_key
from redoubt.services.audit.tree import Frontier, leaf_hash

WHAT = "the audit log"
MAX_WAITING = 10_000
"""So many entries may wait for the writer; beyond, `append` refuses: the disk does not keep up."""
MAX_BATCH = 1_000
KEPT_KEYS = 10_000
"""Data keys held ready in memory."""

_Waiting = tuple[Entry, "asyncio.Future[Receipt]", asyncio.AbstractEventLoop]


class SqlAuditLog:
    """Implements `AuditLog` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        kek: bytes,
        subject_key: bytes,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._engine = engine
        self._kek = kek
        self._subject_key = subject_key
        self._random = random
        self._data_keys: dict[bytes, AESGCM] = {}
        self._waiting: list[_Waiting] = []
        self._wake = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._write, name="redoubt-audit", daemon=True)
        self._writer.start()

    async def append(self, entry: Entry) -> Receipt:
        """See `AuditLog.append`."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Receipt] = loop.create_future()
        with self._wake:
            if self._closing:
                raise ServiceError("the audit log is closed; nothing can be recorded any more")
            if len(self._waiting) >= MAX_WAITING:
                raise ServiceError(
                    f"{MAX_WAITING} entries wait for the audit log already; the disk does not keep up"
                )
            self._waiting.append((entry, done, loop))
            if len(self._waiting) == 1:
                self._wake.notify()
        # Shielded: a caller that goes away must not take its entry with it.
        return await asyncio.shield(done)

    async def read(
        self, *, exchange: str = "", limit: int = 100, before: int | None = None, reveal: bool = False
    ) -> AsyncIterator[StoredEntry]:
        """See `AuditLog.read`."""
        for row in await asyncio.to_thread(self._fetch, exchange, limit, before):
            yield self._open(row, reveal)

    async def head(self) -> Head:
        """See `AuditLog.head`."""
        return await asyncio.to_thread(self._head)

    async def close(self) -> None:
        """See `AuditLog.close`."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._writer.join)

    def _write(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                if not self._waiting:
                    return
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            try:
                receipts = self._commit([entry for entry, _, _ in batch])
            except ServiceError as error:
                _settle(batch, error)
            except Exception as error:  # noqa: BLE001 - the writer must outlive any one batch, and its callers must not wait for ever
                _settle(
                    batch,
                    ServiceError(f"the audit log failed ({type(error).__name__}); nothing was recorded"),
                )
            else:
                _settle(batch, receipts)

    def _commit(self, batch: Sequence[Entry]) -> list[Receipt]:
        with writing(self._engine, WHAT) as connection:
            size, stored = connection.execute(
                select(schema.tree.c.size, schema.tree.c.frontier)
                .where(schema.tree.c.id == 1)
                .with_for_update()
            ).one()
            frontier = Frontier.from_bytes(size, stored)
            rows: list[dict[str, Any]] = []
            receipts: list[Receipt] = []
            fresh: dict[bytes, AESGCM] = {}
            for entry in batch:
                subject = self._subject(entry)
                key = self._data_keys.get(subject) or fresh.get(subject)
                if key is None:
                    key = fresh[subject] = self._data_key(connection, subject)
                sealed = seal(key, entry.text, _binding(entry), self._random)
                body = canonical(entry, sealed)
                leaf = leaf_hash(body)
                receipts.append(Receipt(frontier.size, leaf))
                rows.append(
                    {
                        "index": frontier.size,
                        "exchange": entry.exchange,
                        "subject": subject,
                        "leaf": leaf,
                        "body": body,
                        "sealed": sealed,
                    }
                )
                frontier = frontier.append(leaf)
            connection.execute(insert(schema.entries), rows)
            connection.execute(
                update(schema.tree)
                .where(schema.tree.c.id == 1)
                .values(size=frontier.size, frontier=frontier.to_bytes())
            )
        # Only now is a new data key sure to be in the database.
        if len(self._data_keys) > KEPT_KEYS:
            self._data_keys.clear()
        self._data_keys.update(fresh)
        return receipts

    def _data_key(self, connection: Connection, subject: bytes) -> AESGCM:
        wrapped = connection.execute(
            select(schema.data_keys.c.wrapped).where(schema.data_keys.c.subject == subject)
        ).scalar_one_or_none()
        if wrapped is not None:
            return AESGCM(unwrap_data_key(self._kek, wrapped))
        key, wrapped = new_data_key(self._kek, self._random)
        connection.execute(insert(schema.data_keys).values(subject=subject, wrapped=wrapped))
        return AESGCM(key)

    def _subject(self, entry: Entry) -> bytes:
        """Return the keyed hash under which the data key of an entry's subject is kept."""
        return hmac.digest(self._subject_key, f"{entry.tenant}\0{entry.subject}".encode(), sha256)

    def _fetch(self, exchange: str, limit: int, before: int | None) -> list[Any]:
        columns = schema.entries.c
        query = select(schema.entries, schema.data_keys.c.wrapped).outerjoin(
            schema.data_keys, schema.data_keys.c.subject == columns.subject
        )
        if exchange:
            query = query.where(columns.exchange == exchange)
        if before is not None:
            query = query.where(columns["index"] < before)
        with reading(self._engine, WHAT) as connection:
            return list(connection.execute(query.order_by(columns["index"].desc()).limit(limit)).mappings())

    def _open(self, row: Any, reveal: bool) -> StoredEntry:
        try:
            entry = parse(row["body"])
            if reveal and row["wrapped"] is not None:
                key = AESGCM(unwrap_data_key(self._kek, row["wrapped"]))
                text = unseal(key, row["sealed"], _binding(entry))
                entry = replace(entry, text=text)
        except ValueError as error:
            raise ServiceError(f"entry {row['index']} of the audit log: {error}") from error
        return StoredEntry(Receipt(row["index"], row["leaf"]), entry)

    def _head(self) -> Head:
        with reading(self._engine, WHAT) as connection:
            size, stored = connection.execute(select(schema.tree.c.size, schema.tree.c.frontier)).one()
        return Head(size, Frontier.from_bytes(size, stored).root())


def _binding(entry: Entry) -> bytes:
    """Return what the ciphertext of an entry is bound to: it opens for no other exchange and no other direction."""
    return f"{entry.exchange}\0{entry.kind}".encode()


def _settle(batch: Sequence[_Waiting], result: Sequence[Receipt] | Exception) -> None:
    """Tell the callers, with one wake-up for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Receipt], Receipt | Exception]]] = {}
    for i, (_, done, loop) in enumerate(batch):
        by_loop.setdefault(loop, []).append((done, result if isinstance(result, Exception) else result[i]))
    for loop, settled in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, settled)


def _resolve(settled: Sequence[tuple["asyncio.Future[Receipt]", Receipt | Exception]]) -> None:
    for done, result in settled:
        if done.done():
            continue
        if isinstance(result, Exception):
            done.set_exception(result)
        else:
            done.set_result(result)
