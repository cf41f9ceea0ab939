"""``[audit] when_unavailable = "spool"``: while the store is out, entries go to a file of this machine, and from there to the store.

An entry that the store did not take goes to the spool, and so does every one that comes after it, until the spool is empty again: nothing
overtakes what waits there. What is in the spool has a uid, and the store keeps one entry of each: an append whose outcome nobody knows, or
a spool that is drained twice because its process died, leaves no doubles.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.decorated import Decorated
from redoubt.services.audit.interface import AuditLog, Keyed
from redoubt.services.audit.spool import Spool

PATIENCE = 2.0
"""Seconds that the store has to take an entry before the spool does."""
BATCH = 500
"""Entries that are brought to the store at once; half as many after each time that it did not take them in time, twice as many after each
that it did."""
LOOK_SECONDS = 0.2
"""Between two tries to bring the spool to the store, and between two looks whether there is anything in it."""
ORPHANS_SECONDS = 10.0
"""Between two looks for spools that other processes left."""


class SpoolingLog(Decorated):
    """Decorates an `AuditLog`. `drain` must run beside it, in the same event loop."""

    def __init__(
        self, inner: AuditLog, spool: Spool, new_uid: Callable[[], bytes], patience: float = PATIENCE
    ) -> None:
        """``patience`` is how many seconds the store has for one append."""
        super().__init__(inner)
        self._spool, self._new_uid, self._patience = spool, new_uid, patience
        self._behind = spool.size > 0
        self._drained_to = self._brought = 0
        self._batch = BATCH
        self._file = asyncio.Lock()
        self._group: list[tuple[Sequence[Keyed], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._closed = False
        self.spooled = 0
        """Entries that went to the spool since the start."""
        self.drained = 0
        """Entries that went from a spool to the store since the start."""
        self.torn = spool.torn
        """Appends that were found unfinished in spools, and dropped: nobody was told that they were safe."""

    async def append(self, entry: Entry, *, uid: bytes | None = None) -> None:
        """See `AuditLog.append`."""
        await self.append_all(((uid or self._new_uid(), entry),))

    async def append_all(self, entries: Sequence[Keyed]) -> None:
        """See `AuditLog.append_all`."""
        if self._closed:
            raise ServiceError("the audit log is closed; nothing can be recorded any more")
        if not self._behind and await self._stored(entries):
            return
        self._behind = True
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._group.append((entries, done))
        if len(self._group) == 1:
            # A task of its own: a caller that goes away does not take with it what others brought.
            self._writing = asyncio.create_task(self._write())
        await done

    async def drain(self) -> None:
        """Bring what is in the spool to the store as soon as that takes it, for ever; also what processes left that are no more."""
        loop = asyncio.get_running_loop()
        orphans_at = loop.time()
        while True:
            if self._behind:
                await self._catch_up()
            elif loop.time() >= orphans_at:
                await self._adopt()
                orphans_at = loop.time() + ORPHANS_SECONDS
            await asyncio.sleep(LOOK_SECONDS)

    def waiting(self) -> int:
        """See `AuditLog.waiting`."""
        return self._inner.waiting() + len(self._group)

    def size(self) -> int:
        """Return the bytes in the spool."""
        return self._spool.size

    def behind(self) -> int:
        """Return how many entries of the spool are not in the store yet."""
        return max(0, self._spool.count - self._brought)

    async def close(self) -> None:
        """See `AuditLog.close`. What the store does not take now stays in the spool for the next process."""
        if self._closed:
            return
        self._closed = True
        with suppress(ServiceError):
            if self._behind:
                await self._catch_up()
        await self._inner.close()
        await asyncio.to_thread(self._spool.close)

    async def _stored(self, entries: Sequence[Keyed]) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await self._inner.append_all(entries)
        except (ServiceError, TimeoutError):
            return False
        return True

    async def _delivered(self, entries: Sequence[Keyed]) -> bool:
        """As `_stored`; learn how many entries the store takes in time."""
        if await self._stored(entries):
            self._batch = min(BATCH, 2 * self._batch)
            return True
        self._batch = max(1, self._batch // 2)
        return False

    async def _write(self) -> None:
        """Write down all that came together, in one go."""
        async with self._file:
            group, self._group = self._group, []
            failure: ServiceError | None = None
            try:
                await self._keep([keyed for some, _ in group for keyed in some])
            except ServiceError as error:
                failure = error
        for _, done in group:
            if not done.done():
                if failure is None:
                    done.set_result(None)
                else:
                    done.set_exception(failure)

    async def _keep(self, entries: Sequence[Keyed]) -> None:
        # The spool may have been emptied while these waited for it.
        if not self._behind and await self._stored(entries):
            return
        self._behind = True
        await asyncio.to_thread(self._spool.append, entries)
        self.spooled += len(entries)

    async def _catch_up(self) -> None:
        """Bring to the store what is in the spool; where all of it is there, let the next entries go straight to the store again."""
        if await self._bring():
            async with self._file:  # nobody writes to the spool now
                if await self._bring():
                    await asyncio.to_thread(self._spool.clear)
                    self._drained_to = self._brought = 0
                    self._behind = False

    async def _bring(self) -> bool:
        """Bring to the store what is in the spool at this moment; say whether all of it is there."""
        while self._drained_to < self._spool.size:
            entries, end = await asyncio.to_thread(self._spool.read, self._drained_to, self._batch)
            if not await self._delivered(entries):
                return False
            self._drained_to = end
            self._brought += len(entries)
            self.drained += len(entries)
        return True

    async def _adopt(self) -> None:
        orphans = await asyncio.to_thread(self._spool.orphans)
        self.torn += sum(orphan.torn for orphan in orphans)
        try:
            for orphan in orphans:
                if not await self._take_over(orphan):
                    return
        finally:
            # One that stays open is locked, and nobody's as long as this process lives.
            for orphan in orphans:
                await asyncio.to_thread(orphan.close)

    async def _take_over(self, orphan: Spool) -> bool:
        at = 0
        while at < orphan.size:
            entries, at = await asyncio.to_thread(orphan.read, at, self._batch)
            if not await self._delivered(entries):
                return False
            self.drained += len(entries)
        await asyncio.to_thread(orphan.clear)
        return True
