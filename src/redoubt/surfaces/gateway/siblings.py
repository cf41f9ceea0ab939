"""The workers of one gateway, to each other: whoever of them is asked for ``/metrics`` answers for all.

Each worker counts for itself and tells its numbers on a socket in a folder that is the gateway's own. They are shown side by side, each
series with a label ``worker``, and not added up: a worker that was started again begins at nought, which `rate()` knows how to read of one
series and could not tell in a sum. A worker that does not answer is left out and shows as ``redoubt_worker_up`` 0.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

PATIENCE = 1.0
"""Seconds that a sibling has to tell its numbers."""

_Samples = list[tuple[str, dict[str, str], float]]
_Families = list[tuple[str, str, str, _Samples]]
"""Name, meaning, kind, and samples (name, labels, value) of each metric."""


class Siblings:
    """The workers that share a folder; this one is ``number`` of ``count``."""

    def __init__(
        self, folder: Path, number: int, count: int, collect: Callable[[], Iterable[Metric]]
    ) -> None:
        """``collect`` yields this worker's metrics."""
        self._folder, self._number, self._count = folder, number, count
        self._collect = collect
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        """Begin to tell who asks."""
        path = socket_path(self._folder, self._number)
        path.unlink(missing_ok=True)  # of a worker that died
        self._server = await asyncio.start_unix_server(self._tell, path)

    async def close(self) -> None:
        """Tell no more."""
        if self._server is not None:
            self._server.close()
            socket_path(self._folder, self._number).unlink(missing_ok=True)

    async def render(self) -> bytes:
        """Return the metrics of all workers in Prometheus's text format."""
        others = [n for n in range(self._count) if n != self._number]
        told = dict(zip(others, await asyncio.gather(*map(self._ask, others)), strict=True))
        told[self._number] = _told(self._collect())
        registry = CollectorRegistry()
        registry.register(_Merged(told))
        return generate_latest(registry)

    async def _tell(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.msgpack.encode(_told(self._collect())))
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async def _ask(self, number: int) -> _Families | None:
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_unix_connection(socket_path(self._folder, number))
                try:
                    data = await reader.read()
                finally:
                    writer.close()
                return msgspec.msgpack.decode(data, type=_Families)
        except (OSError, TimeoutError, msgspec.MsgspecError):
            return None


def socket_path(folder: Path, number: int) -> Path:
    """Return where a worker tells its numbers; it is there once the worker answers requests."""
    return folder / f"worker-{number}.sock"


def _told(metrics: Iterable[Metric]) -> _Families:
    return [
        (m.name, m.documentation, m.type, [(s.name, dict(s.labels), float(s.value)) for s in m.samples])
        for m in metrics
    ]


class _Merged:
    """All workers' metrics as one collector (prometheus_client's port)."""

    def __init__(self, told: dict[int, _Families | None]) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        """Yield each metric once, with the samples of all workers."""
        up = GaugeMetricFamily("redoubt_worker_up", "1 for a worker that answers.", labels=("worker",))
        merged: dict[str, Metric] = {}
        for number, families in sorted(self._told.items()):
            up.add_metric((str(number),), float(families is not None))
            for name, meaning, kind, samples in families or ():
                metric = merged.setdefault(name, Metric(name, meaning, kind))
                for sample, labels, value in samples:
                    metric.add_sample(sample, {**labels, "worker": str(number)}, value)
        yield up
        yield from merged.values()
