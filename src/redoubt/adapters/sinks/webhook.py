"""Posts batches of JSON to a program of the operator's, signed."""

import asyncio
import time
from collections.abc import Callable, Sequence

from redoubt.adapters.sinks.posting import Post
from redoubt.services.telling.interface import Told
from redoubt.services.telling.signing import headers

Document = Callable[[Sequence[Told]], bytes]
"""Returns a batch as one JSON document."""


class WebhookSink:
    """A URL that takes batches."""

    def __init__(
        self, post: Post, document: Document, key: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        """``key`` empty: nothing is signed."""
        self._post, self._document, self._key, self._clock = post, document, key, clock

    async def deliver(self, batch: Sequence[Told]) -> None:
        """See `Sink.deliver`.

        A batch that comes again has the same id where its entries are the same, and another timestamp.
        """
        body = await asyncio.to_thread(self._document, batch)
        said: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
        if self._key:
            delivery = f"{batch[0].index}-{batch[-1].index}-{batch[-1].leaf.hex()[:16]}"
            said += headers(self._key, delivery, int(self._clock()), body)
        await self._post.send(body, said)

    async def aclose(self) -> None:
        """See `Sink.aclose`."""
        await self._post.aclose()
