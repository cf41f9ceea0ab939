"""The parent of several workers that share one listening socket.

The parent opens the socket and never takes a connection from it: while a worker is gone the others take what comes, and none is lost. A
worker that dies is started again, after a pause that grows. Workers are programs of their own rather than forks, since the models'
runtime has threads, which no fork survives; the rules are compiled once, here, and read by each from the cache.
"""

import asyncio
import logging
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGHUP, SIGTERM
from tempfile import mkdtemp

from redoubt.domain.errors import ServiceError
from redoubt.domain.settings import ServerSettings
from redoubt.surfaces.gateway.siblings import socket_path

BACKLOG = 2048
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a worker that died is started again: doubled each time, and the first again once it lived for the longest."""
FAILED = 3
"""A worker's exit code where its configuration or its stores are no good: starting it again would change nothing."""
_MODULE = "redoubt.surfaces.gateway"
_LOOK_SECONDS = 0.05
_log = logging.getLogger("redoubt.gateway")


def listening_socket(server: ServerSettings) -> socket.socket:
    """Return a socket that listens at the gateway's address. Raises ServiceError where that is not possible."""
    where = f"{server.host}:{server.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            server.host or None, server.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(BACKLOG)
        except OSError:
            made.close()
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ServiceError(
            f"cannot listen on {where} ({reason}); is the port taken? set server.port"
        ) from None
    return made


@dataclass(slots=True)
class _Worker:
    number: int
    process: asyncio.subprocess.Process | None = None
    pause: float = FIRST_PAUSE
    ready: bool = False
    keeper: "asyncio.Task[int] | None" = field(default=None, repr=False)


class Supervisor:
    """Keeps the workers of one gateway alive until it is told to stop."""

    def __init__(self, count: int, listener: socket.socket, config: Path | None) -> None:
        self._listener = listener
        self._config = config
        self._folder = Path(mkdtemp(prefix="redoubt-"))
        self._workers = [_Worker(number) for number in range(count)]
        # The workers hold the other end: when this process is gone, however it went, they read the pipe's end and stop.
        self._parent_end, self._life = os.pipe()
        self._stopping = asyncio.Event()

    async def run(self, ready: Callable[[], None]) -> int:
        """Run until told to stop; call ``ready`` once all workers answer. Returns the exit code."""
        telling = asyncio.create_task(self._tell(ready))
        for worker in self._workers:
            worker.keeper = asyncio.create_task(self._keep(worker))
        try:
            codes = await asyncio.gather(*(w.keeper for w in self._workers if w.keeper is not None))
            return max(codes)
        finally:
            telling.cancel()
            os.close(self._life)
            os.close(self._parent_end)
            self._listener.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        """Tell all workers to stop; called again, to hurry."""
        self._stopping.set()
        self._listener.close()  # the workers still have it: the door shuts when the last of them is done with it
        self._signal(SIGTERM)

    def reload(self) -> None:
        """Tell all workers to read their policy anew."""
        self._signal(SIGHUP)

    def _signal(self, number: int) -> None:
        for worker in self._workers:
            if worker.process is not None and worker.process.returncode is None and worker.ready:
                worker.process.send_signal(number)
            elif worker.process is not None and worker.process.returncode is None and number == SIGTERM:
                worker.process.terminate()  # has no handler yet, and nothing under way

    async def _keep(self, worker: _Worker) -> int:
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            begun = loop.time()
            code = await self._live(worker)
            if self._stopping.is_set():
                return 0
            if code == FAILED and not worker.ready:
                self.stop()
                return FAILED
            if loop.time() - begun >= LONGEST_PAUSE:
                worker.pause = FIRST_PAUSE
            _log.warning(
                "worker %d ended (%d); it is started again in %g s", worker.number, code, worker.pause
            )
            try:
                async with asyncio.timeout(worker.pause):
                    await self._stopping.wait()
            except TimeoutError:
                worker.pause = min(2 * worker.pause, LONGEST_PAUSE)
        return 0

    async def _live(self, worker: _Worker) -> int:
        """Start a worker; return its exit code when it ended."""
        worker.ready = False
        socket_path(self._folder, worker.number).unlink(missing_ok=True)
        config = () if self._config is None else ("--config", str(self._config))
        place = f"{worker.number}/{len(self._workers)}"
        descriptors = (self._listener.fileno(), self._parent_end)
        worker.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", _MODULE, *config, "--worker", place, "--folder", str(self._folder)),
            *("--descriptors", ",".join(map(str, descriptors))),
            pass_fds=descriptors,
            start_new_session=True,  # Ctrl-C in a terminal reaches the parent alone, which tells each worker once
        )
        watching = asyncio.create_task(self._await_ready(worker))
        try:
            return await worker.process.wait()
        finally:
            watching.cancel()

    async def _await_ready(self, worker: _Worker) -> None:
        while not socket_path(self._folder, worker.number).exists():
            await asyncio.sleep(_LOOK_SECONDS)
        worker.ready = True

    async def _tell(self, ready: Callable[[], None]) -> None:
        while not all(worker.ready for worker in self._workers):
            await asyncio.sleep(_LOOK_SECONDS)
        ready()
