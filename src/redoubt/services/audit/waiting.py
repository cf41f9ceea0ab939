"""``[audit] when_unavailable = "wait"``: an exchange waits for a store that is out, so long and no longer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.interface import AuditLog, Head, Keyed, StoredEntry

AGAIN_SECONDS = 0.25
"""Between two tries."""


class WaitingLog:
    """Decorates an `AuditLog`: an append that fails is tried again, under the same uid, until it may wait no longer."""

    def __init__(self, inner: AuditLog, new_uid: Callable[[], bytes], seconds: float) -> None:
        """``seconds`` is how long one append may wait in all."""
        self._inner, self._new_uid, self._seconds = inner, new_uid, seconds
        self._closed = False
        self.held = 0
        """Appends that wait for the store at this moment."""

    async def append(self, entry: Entry, *, uid: bytes | None = None) -> None:
        """See `AuditLog.append`."""
        await self.append_all(((uid or self._new_uid(), entry),))

    async def append_all(self, entries: Sequence[Keyed]) -> None:
        """See `AuditLog.append_all`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds
        failure: ServiceError | None = None
        try:
            async with asyncio.timeout_at(until):
                while True:
                    try:
                        return await self._inner.append_all(entries)
                    except ServiceError as error:
                        if self._closed:
                            raise
                        self.held += failure is None
                        failure = error
                    await asyncio.sleep(AGAIN_SECONDS)
        except TimeoutError:
            raise failure or ServiceError(
                f"the audit log did not answer within {self._seconds:g} s"
            ) from failure
        finally:
            self.held -= failure is not None

    def read(
        self, *, exchange: str = "", limit: int = 100, before: int | None = None, reveal: bool = False
    ) -> AsyncIterator[StoredEntry]:
        """See `AuditLog.read`."""
        return self._inner.read(exchange=exchange, limit=limit, before=before, reveal=reveal)

    async def head(self) -> Head:
        """See `AuditLog.head`."""
        return await self._inner.head()

    async def close(self) -> None:
        """See `AuditLog.close`."""
        self._closed = True
        await self._inner.close()
