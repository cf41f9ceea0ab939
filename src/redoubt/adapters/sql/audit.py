"""The audit log in a database: one writer thread that commits whatever has come in meanwhile (group commit)."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from redoubt.adapters.sql.appending import Appending
from redoubt.adapters.sql.data_keys import DataKeys
from redoubt.adapters.sql.reading import WHAT, SqlReader
from redoubt.adapters.sql.sealer import Brought, Sealer
from redoubt.adapters.sql.sequencer import Elected
from redoubt.adapters.sql.sequencing import InPlace, Sequencing
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.interface import Keyed
from redoubt.services.audit.kek import KekRing

MAX_WAITING = 10_000
"""So many entries may wait for the writer; beyond, `append` refuses: the disk does not keep up."""
MAX_BATCH = 1_000
GATHERED = 64
"""With so many entries at hand the writer does not wait for more."""
GATHERING = 0.001
"""Seconds that the writer waits for more entries where entries come together; one that comes alone is written at once."""

_Waiting = tuple[Brought, "asyncio.Future[None]"]
"""What one caller brought, and where it hears what became of it."""


class SqlAuditLog(SqlReader):
    """Implements `AuditLog` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        keks: KekRing,
        subject_key: bytes,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._sequencing: Sequencing = Elected(engine) if engine.dialect.name == "postgresql" else InPlace()
        super().__init__(engine, keks, self._sequencing.settle)
        self._appending = Appending(engine, WHAT)
        self._keys = DataKeys(self._appending, keks, subject_key, random)
        self._sealer = Sealer(self._keys, subject_key, random)
        self._waiting: list[_Waiting] = []
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)
        self._closing = False
        self._writer = threading.Thread(target=self._write, name="redoubt-audit", daemon=True)
        self._writer.start()

    async def append(self, entry: Entry, *, uid: bytes | None = None) -> None:
        """See `AuditLog.append`."""
        await self._handed_over(((uid, entry),))

    async def append_all(self, entries: Sequence[Keyed]) -> None:
        """See `AuditLog.append_all`."""
        await self._handed_over(entries)

    def _handed_over(self, entries: Brought) -> "asyncio.Future[None]":
        """Give ``entries`` to the writer, whose they are then: a caller that goes away does not take them with it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._closing:
                raise ServiceError("the audit log is closed; nothing can be recorded any more")
            if len(self._waiting) >= MAX_WAITING:
                raise ServiceError(
                    f"{MAX_WAITING} entries wait for the audit log already; the disk does not keep up"
                )
            self._waiting.append((entries, done))
            if len(self._waiting) == 1:
                self._wake.notify()
        return done

    def waiting(self) -> int:
        """See `AuditLog.waiting`."""
        return len(self._waiting)

    def forget_keys(self) -> None:
        """See `AuditLog.forget_keys`."""
        self._keys.forget()

    async def close(self) -> None:
        """See `AuditLog.close`."""
        with self._lock:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._sequencing.close)

    def _write(self) -> None:
        together = False
        while True:
            with self._lock:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                if not self._waiting:
                    return
            if together and len(self._waiting) < GATHERED and not self._closing:
                time.sleep(GATHERING)
            with self._lock:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            together = len(batch) > 1
            try:
                results = self._commit([entries for entries, _ in batch])
            except ServiceError as error:
                _settle(batch, [error] * len(batch))
            except Exception as error:  # noqa: BLE001 - the writer must outlive any one batch, and its callers must not wait for ever
                failure = ServiceError(f"the audit log failed ({type(error).__name__}); nothing was recorded")
                _settle(batch, [failure] * len(batch))
            else:
                _settle(batch, results)

    def _commit(self, batch: Sequence[Brought]) -> list[ServiceError | None]:
        """Append what the callers of ``batch`` brought, but for those whose entries cannot be sealed; return what went wrong for each."""
        self._sealer.prepare(batch)
        with self._appending.transaction() as transaction:
            sealed, results = self._sealer.seal(transaction, batch)
            self._sequencing.put(transaction, sealed)
        self._sealer.keep()
        return results


def _settle(batch: Sequence[_Waiting], results: Sequence[ServiceError | None]) -> None:
    """Tell the callers, with one wake-up for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[None], ServiceError | None]]] = {}
    for (_, done), result in zip(batch, results, strict=True):
        by_loop.setdefault(done.get_loop(), []).append((done, result))
    for loop, settled in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, settled)


def _resolve(settled: Sequence[tuple["asyncio.Future[None]", ServiceError | None]]) -> None:
    for done, failure in settled:
        if done.done():
            continue
        if failure is not None:
            done.set_exception(failure)
        else:
            done.set_result(None)
