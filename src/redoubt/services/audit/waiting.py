"""``[audit] when_unavailable = "wait"``: an exchange waits for a store that is out, so long and no longer."""

import asyncio
from collections.abc import Callable, Sequence

from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.decorated import Decorated
from redoubt.services.audit.interface import AuditLog, Keyed

AGAIN_SECONDS = 0.25
"""Between two tries."""


class WaitingLog(Decorated):
    """Decorates an `AuditLog`: an append that fails is tried again, under the same uid, until it may wait no longer."""

    def __init__(self, inner: AuditLog, new_uid: Callable[[], bytes], seconds: float) -> None:
        """``seconds`` is how long one append may take in all."""
        super().__init__(inner)
        self._new_uid, self._seconds = new_uid, seconds
        self._closed = False
        self.held = 0
        """Appends that wait at this moment for a store that is out."""

    async def append(self, entry: Entry, *, uid: bytes | None = None) -> None:
        """See `AuditLog.append`."""
        await self.append_all(((uid or self._new_uid(), entry),))

    async def append_all(self, entries: Sequence[Keyed]) -> None:
        """See `AuditLog.append_all`."""
        until = asyncio.get_running_loop().time() + self._seconds
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
            raise failure or ServiceError(f"the audit log did not answer for {self._seconds:g} s") from None
        finally:
            self.held -= failure is not None

    def waiting(self) -> int:
        """See `AuditLog.waiting`."""
        return self._inner.waiting() + self.held

    async def close(self) -> None:
        """See `AuditLog.close`."""
        self._closed = True
        await self._inner.close()
