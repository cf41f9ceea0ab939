"""The audit log in a database: one writer thread that commits whatever has come in meanwhile (group commit)."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.appending import Appending, Row
from redoubt.adapters.sql.data_keys import DataKeys, about_of
from redoubt.adapters.sql.reading import WHAT, SqlReader, binding
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit import search
from redoubt.services.audit.canonical import canonical
from redoubt.services.audit.interface import Receipt
from redoubt.services.audit.kek import KekRing
from redoubt.services.audit.sealing import seal
from redoubt.services.audit.tree import Frontier, leaf_hash
from redoubt.services.entropy import BufferedRandom

MAX_WAITING = 10_000
"""So many entries may wait for the writer; beyond, `append` refuses: the disk does not keep up."""
MAX_BATCH = 1_000
GATHERED = 64
"""With so many entries at hand the writer does not wait for more."""
GATHERING = 0.001
"""Seconds that the writer waits for more entries where entries come together; one that comes alone is written at once."""

_Waiting = tuple[Entry, "asyncio.Future[Receipt]"]


class SqlAuditLog(SqlReader):
    """Implements `AuditLog` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        keks: KekRing,
        subject_key: bytes,
        random: Callable[[int], bytes] | None = None,
    ) -> None:
        super().__init__(engine, keks)
        self._appending = Appending(engine, WHAT)
        self._random = random or BufferedRandom()
        self._keys = DataKeys(engine, WHAT, keks, subject_key, self._random)
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

    def waiting(self) -> int:
        """See `AuditLog.waiting`."""
        return len(self._waiting)

    def forget_keys(self) -> None:
        """See `AuditLog.forget_keys`."""
        self._keys.forget()

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

    def _commit(self, batch: Sequence[Entry]) -> list[Receipt | ServiceError]:
        """Append ``batch`` but for the entries whose text cannot be sealed; return what became of each."""
        abouts = [about_of(entry) for entry in batch]
        failed = self._keys.prepare(abouts)
        results: list[Receipt | ServiceError] = []
        rows: list[schema.EntryRow] = []
        found_by: list[Row] = []
        terms: list[Row] = []
        with self._appending.transaction() as transaction:
            frontier = Frontier.from_bytes(*transaction.tree())
            self._keys.check(transaction)
            for entry, about in zip(batch, abouts, strict=True):
                if about in failed:
                    results.append(failed[about])
                    continue
                key = self._keys.of(transaction, about)
                sealed = seal(key.cipher, entry.text, binding(entry), self._random)
                body = canonical(entry, sealed)
                leaf = leaf_hash(body)
                index = frontier.size
                results.append(Receipt(index, leaf))
                rows.append((index, entry.exchange, key.name, leaf, body, sealed))
                found_by.append((index, *search.row(entry)))
                terms.extend((term, index) for term in search.terms(entry))
                frontier = frontier.append(leaf)
            transaction.append(rows, found_by, terms, frontier.size, frontier.to_bytes())
        self._keys.keep()
        return results


def _settle(batch: Sequence[_Waiting], result: Sequence[Receipt | ServiceError] | Exception) -> None:
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
