"""The audit log in a database: one writer thread that commits whatever has come in meanwhile (group commit)."""

import asyncio
import hmac
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.appending import Appending, Transaction
from redoubt.adapters.sql.database import reading
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.canonical import canonical, parse
from redoubt.services.audit.interface import Head, Receipt, StoredEntry
from redoubt.services.audit.sealing import new_data_key, seal, unseal, unwrap_data_key
from redoubt.services.audit.tree import Frontier, leaf_hash
from redoubt.services.entropy import BufferedRandom

WHAT = "the audit log"
MAX_WAITING = 10_000
"""So many entries may wait for the writer; beyond, `append` refuses: the disk does not keep up."""
MAX_BATCH = 1_000
GATHERED = 64
"""With so many entries at hand the writer does not wait for more."""
GATHERING = 0.001
"""Seconds that the writer waits for more entries where entries come together; one that comes alone is written at once."""
KEPT_KEYS = 10_000
"""Data keys held ready in memory."""

_Waiting = tuple[Entry, "asyncio.Future[Receipt]"]


class SqlAuditLog:
    """Implements `AuditLog` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        kek: bytes,
        subject_key: bytes,
        random: Callable[[int], bytes] | None = None,
    ) -> None:
        self._engine = engine
        self._appending = Appending(engine, WHAT)
        self._kek = kek
        self._subject_key = subject_key
        self._random = random or BufferedRandom()
        self._data_keys: dict[tuple[str, str], _DataKey] = {}
        self._waiting: list[_Waiting] = []
        self._wake = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._write, name="redoubt-audit", daemon=True)
        self._writer.start()

    async def append(self, entry: Entry) -> Receipt:
        """See `AuditLog.append`."""
        done: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        with self._wake:
            if self._closing:
                raise ServiceError("the audit log is closed; nothing can be recorded any more")
            if len(self._waiting) >= MAX_WAITING:
                raise ServiceError(
                    f"{MAX_WAITING} entries wait for the audit log already; the disk does not keep up"
                )
            self._waiting.append((entry, done))
            if len(self._waiting) == 1:
                self._wake.notify()
        # A caller that goes away does not take its entry with it: that is the writer's now.
        return await done

    async def read(
        self, *, exchange: str = "", limit: int = 100, before: int | None = None, reveal: bool = False
    ) -> AsyncIterator[StoredEntry]:
        """See `AuditLog.read`."""
        for row in await asyncio.to_thread(self._fetch, exchange, limit, before):
            yield self._open(row, reveal)

    async def head(self) -> Head:
        """See `AuditLog.head`."""
        return await asyncio.to_thread(self._head)

    def waiting(self) -> int:
        """See `AuditLog.waiting`."""
        return len(self._waiting)

    async def close(self) -> None:
        """See `AuditLog.close`."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._writer.join)

    def _write(self) -> None:
        together = False
        while True:
            with self._wake:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                if not self._waiting:
                    return
            if together and len(self._waiting) < GATHERED and not self._closing:
                time.sleep(GATHERING)
            with self._wake:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            together = len(batch) > 1
            try:
                receipts = self._commit([entry for entry, _ in batch])
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
        receipts: list[Receipt] = []
        fresh: dict[tuple[str, str], _DataKey] = {}
        with self._appending.transaction() as transaction:
            frontier = Frontier.from_bytes(*transaction.tree())
            rows: list[schema.EntryRow] = []
            for entry in batch:
                about = (entry.tenant, entry.subject)
                key = self._data_keys.get(about) or fresh.get(about)
                if key is None:
                    key = fresh[about] = self._data_key(transaction, entry)
                sealed = seal(key.cipher, entry.text, _binding(entry), self._random)
                body = canonical(entry, sealed)
                leaf = leaf_hash(body)
                receipts.append(Receipt(frontier.size, leaf))
                rows.append((frontier.size, entry.exchange, key.subject, leaf, body, sealed))
                frontier = frontier.append(leaf)
            transaction.append(rows, frontier.size, frontier.to_bytes())
        # Only now is a new data key sure to be in the database.
        if len(self._data_keys) > KEPT_KEYS:
            self._data_keys.clear()
        self._data_keys.update(fresh)
        return receipts

    def _data_key(self, transaction: Transaction, entry: Entry) -> "_DataKey":
        # The keyed hash under which the data key of an entry's subject is kept.
        subject = hmac.digest(self._subject_key, f"{entry.tenant}\0{entry.subject}".encode(), sha256)
        wrapped = transaction.data_key(subject)
        if wrapped is not None:
            return _DataKey(subject, AESGCM(unwrap_data_key(self._kek, wrapped)))
        key, wrapped = new_data_key(self._kek, self._random)
        transaction.add_data_key(subject, wrapped)
        return _DataKey(subject, AESGCM(key))

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


@dataclass(frozen=True, slots=True)
class _DataKey:
    subject: bytes
    cipher: AESGCM


def _binding(entry: Entry) -> bytes:
    """Return what the ciphertext of an entry is bound to: it opens for no other exchange and no other direction."""
    return f"{entry.exchange}\0{entry.kind}".encode()


def _settle(batch: Sequence[_Waiting], result: Sequence[Receipt] | Exception) -> None:
    """Tell the callers, with one wake-up for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Receipt], Receipt | Exception]]] = {}
    for i, (_, done) in enumerate(batch):
        answer = result if isinstance(result, Exception) else result[i]
        by_loop.setdefault(done.get_loop(), []).append((done, answer))
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
