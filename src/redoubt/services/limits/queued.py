"""Counters over a store that blocks: what is asked for while it works is done together, by one thread, in one step of the store."""

import asyncio
from collections.abc import Sequence
from threading import Condition, Thread

from redoubt.domain.errors import ServiceError
from redoubt.services.limits.counters import Backend, Job, Take, Taken

MAX_BATCH = 256
MAX_WAITING = 20_000
PATIENCE = 5.0
"""Seconds that somebody waits for a counter; beyond, the store counts as gone."""

_Waiting = tuple[Job, "asyncio.Future[Taken]"]


class QueuedCounters:
    """Implements `Counters` over a `Backend`; its thread starts with the first job."""

    def __init__(self, backend: Backend, *, patience: float = PATIENCE) -> None:
        self._backend = backend
        self._patience = patience
        self._waiting: list[_Waiting] = []
        self._wake = Condition()
        self._closing = False
        self._worker: Thread | None = None

    async def run(self, job: Job) -> Taken:
        """See `Counters.run`."""
        done: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        with self._wake:
            if self._closing:
                raise ServiceError("the counters of limits are closed; the gateway is stopping")
            if len(self._waiting) >= MAX_WAITING:
                raise ServiceError(f"{MAX_WAITING} requests wait for the counters of limits already")
            self._waiting.append((job, done))
            if self._worker is None:
                self._worker = Thread(target=self._work, name="redoubt limits", daemon=True)
                self._worker.start()
            self._wake.notify()
        try:
            async with asyncio.timeout(self._patience):
                return await done
        except TimeoutError:
            raise ServiceError(
                f"the counters of limits did not answer within {self._patience:g} s; check the store and its load"
            ) from None

    async def purge(self) -> int:
        """See `Counters.purge`."""
        return await asyncio.to_thread(self._backend.purge)

    def close(self) -> None:
        """Do what waits, then let go of the store."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._worker is not None:
            self._worker.join(self._patience)
        self._backend.close()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            if not batch:
                return
            # Nothing is taken for who does not wait any more; what was used is counted all the same.
            batch = [each for each in batch if not (isinstance(each[0], Take) and each[1].cancelled())]
            if batch:
                _tell(batch, self._results([job for job, _ in batch]))

    def _results(self, jobs: Sequence[Job]) -> Sequence[Taken | Exception]:
        try:
            return self._backend.run(jobs)
        except ServiceError as error:
            return [error] * len(jobs)
        except Exception as error:  # noqa: BLE001 - the thread must outlive any one batch, and its callers must not wait for ever
            return [ServiceError(f"the counters of limits failed ({type(error).__name__})")] * len(jobs)


def _tell(batch: Sequence[_Waiting], results: Sequence[Taken | Exception]) -> None:
    """Tell the callers, with one wake-up for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Taken], Taken | Exception]]] = {}
    for (_, done), result in zip(batch, results, strict=True):
        by_loop.setdefault(done.get_loop(), []).append((done, result))
    for loop, settled in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, settled)


def _resolve(settled: Sequence[tuple["asyncio.Future[Taken]", Taken | Exception]]) -> None:
    for done, result in settled:
        if done.done():
            continue
        if isinstance(result, Exception):
            done.set_exception(result)
        else:
            done.set_result(result)
