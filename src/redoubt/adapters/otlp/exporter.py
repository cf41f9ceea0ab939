"""Posts spans and measures to a collector, now and then, with nobody waiting."""

import asyncio
from collections.abc import Callable, Iterable

from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from prometheus_client.core import Metric as Family

from redoubt.adapters.otlp import measures, spans
from redoubt.adapters.otlp.logs import HEADERS
from redoubt.adapters.sinks.posting import Post
from redoubt.services.telemetry.recorder import Recorder
from redoubt.services.telling.interface import UndeliveredError

BATCH = 2000
"""Spans in one export: less than the 4 MiB that every collector takes."""
SPANS_EVERY, MEASURES_EVERY = 2.0, 30.0
"""Seconds between two exports."""
TRIES = 4
"""Of one export of spans, with 1, 2 and 4 seconds between; then it is dropped and counted. Unlike entries, spans may be lost."""

Count = Callable[[str, int], None]
"""Counts spans by what became of them: ``sent`` or ``dropped``."""


class SpanExporter:
    """Fetches spans from a recorder and posts them."""

    def __init__(self, recorder: Recorder, post: Post, who: Resource, version: str, count: Count) -> None:
        self._recorder, self._post, self._who, self._version, self._count = (
            recorder,
            post,
            who,
            version,
            count,
        )

    async def run(self) -> None:
        """Export until cancelled."""
        while True:
            if not await self._export(TRIES):
                await asyncio.sleep(SPANS_EVERY)

    async def finish(self) -> None:
        """Export what is left, as far as that goes at once."""
        try:
            while await self._export(1):
                pass
        finally:
            await self._post.aclose()

    async def _export(self, tries: int) -> bool:
        """Export one batch; return whether it was a full one."""
        lost, self._recorder.dropped = self._recorder.dropped, 0
        if lost:
            self._count("dropped", lost)
        batch = self._recorder.take(BATCH)
        if not batch:
            return False
        body = await asyncio.to_thread(spans.request, batch, self._who, self._version)
        for each in range(tries):
            try:
                await self._post.send(body, HEADERS)
            except UndeliveredError:
                if each + 1 < tries:
                    await asyncio.sleep(2.0**each)
            else:
                self._count("sent", len(batch))
                return len(batch) == BATCH
        self._count("dropped", len(batch))
        return False


class MeasureExporter:
    """Posts all measures as they stand. One that is lost is made good by the next: they count from the beginning."""

    def __init__(
        self,
        recorder: Recorder,
        families: Callable[[], Iterable[Family]],
        post: Post,
        who: Resource,
        version: str,
        clock: Callable[[], float],
    ) -> None:
        self._recorder, self._families, self._post = recorder, families, post
        self._who, self._version, self._clock = who, version, clock
        self._since = clock()

    async def run(self) -> None:
        """Export until cancelled. Raises UndeliveredError."""
        while True:
            await asyncio.sleep(MEASURES_EVERY)
            await self._export()

    async def finish(self) -> None:
        """Export once more."""
        try:
            await self._export()
        finally:
            await self._post.aclose()

    async def _export(self) -> None:
        told = (self._recorder.tokens, self._recorder.durations)
        body = measures.request(
            told, self._families(), self._who, self._version, since=self._since, now=self._clock()
        )
        await self._post.send(body, HEADERS)
