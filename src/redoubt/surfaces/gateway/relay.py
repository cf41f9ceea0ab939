"""A streamed answer on its way from the provider to the caller."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from redoubt.domain.decision import Effect
from redoubt.domain.errors import CallerGoneError, ClosingError, OverdueError, RedoubtError, UpstreamError
from redoubt.pipeline.commands import RelayEnd
from redoubt.pipeline.lanes import AnswerLanes
from redoubt.pipeline.phases import CLOSED, OVERDUE
from redoubt.pipeline.upstream import UpstreamReply
from redoubt.surfaces.gateway.caller import Caller
from redoubt.surfaces.gateway.problems import complain
from redoubt.surfaces.gateway.thinker import Thinker
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent, StreamCodec
from redoubt.surfaces.gateway.wire.sse import EventParser

_BATCH = 16
_BATCH_CHARACTERS = 4096
"""So many events, or characters of them, are translated at once: many may arrive in one piece, and each is inspected."""
_LONG_EVENT = 2048
"""Characters from which on an event is translated beside the loop: its text may be inspected word by word."""
_SENTENCE_ENDS = re.compile(
    r"[.!?…؟۔।॥．]\W{0,6}?[\s\\]|[。！？]|\\n|\\u(?:000[ad]|061f|06d4|096[45]|2026|3002|ff0[1e]|ff1f)",
    re.IGNORECASE,
)
"""In an event as it is written: it may hold the end of a sentence or a line, escaped or not, and what follows it."""
_SLACK = 32
"""Characters of text that the shortest event of a stream is taken to hold: the rest of it is what every event has around its text."""
_NOTES: dict[type[RedoubtError], str] = {OverdueError: OVERDUE, ClosingError: CLOSED}
"""What stands in the entry of a stream that broke off, where it was not the provider."""
_TAIL_SECONDS = 2.0
"""How long what may follow the last event (a count of tokens) is waited for."""


class StreamRelay:
    """Passes events through the lanes and sends what may be released; keeps back what ends the stream.

    A reply's piece becomes at most one write to the caller, at once: nothing waits for a later piece but
    what the lanes hold back.
    """

    def __init__(
        self,
        reply: UpstreamReply,
        codec: StreamCodec,
        caller: Caller,
        write: Callable[[bytes], Awaitable[None]],
        refusal: Callable[[Effect], str],
        thinker: Thinker,
    ) -> None:
        self._reply = reply
        self._codec = codec
        self._caller = caller
        self._write = write
        self._refusal = refusal
        self._thinker = thinker
        self._shortest = _LONG_EVENT
        self._surprised = False  # whether a text was inspected in the loop although detectors are slow
        self._parser = EventParser()
        self._over = False
        self.kept = b""
        """What ends the stream, to be sent once the answer is on record."""
        self.failure: RedoubtError | None = None
        """Why the stream broke off, if it did."""

    async def run(self, lanes: AnswerLanes) -> RelayEnd:
        """Relay until the last event is at hand, or the stream ends in another way."""
        note = ""
        try:
            await self._until_final(lanes)
        except CallerGoneError:
            note = "client went away"
        except (UpstreamError, ClosingError, OverdueError) as error:
            self._break_off(error)
        except Exception as error:  # noqa: BLE001 - what was sent so far must get its entry, whatever went wrong
            complain("an answer could not be relayed", error)
            self._break_off(UpstreamError("the provider's answer could not be understood"))
        finally:
            await self._reply.aclose()
        if self.failure is not None:
            note = _NOTES.get(type(self.failure), "upstream broke off")
        return RelayEnd(usage=self._codec.usage, note=note, chain=self._codec.chain)

    async def _until_final(self, lanes: AnswerLanes) -> None:
        pieces = self._reply.body()
        try:
            while not self._over:
                piece = await self._caller.unless_gone(anext(pieces, None))
                if piece is None:
                    await self._end_of_body(lanes)
                    return
                await self._pass_on(self._parser.feed(piece), lanes)
            if lanes.effect is Effect.ALLOW and self.failure is None:
                await self._tail(pieces, lanes)
        finally:
            await pieces.aclose()  # type: ignore[attr-defined]

    async def _pass_on(self, events: list[ServerSentEvent], lanes: AnswerLanes) -> None:
        """Send what may be sent of ``events``; after each batch others get their turn, and a slow caller slows us."""
        done = 0
        while done < len(events):
            if done:
                await asyncio.sleep(0)
            batch = _batch(events, done)
            done += len(batch)
            data = await self._translated(batch, lanes)
            if data:
                await self._caller.unless_gone(self._write(data))
            self._caller.check()
            if self._over:
                remaining = events[done:]
                if remaining and lanes.effect is Effect.ALLOW and self.failure is None:
                    await self._translated(remaining, lanes)
                return

    async def _translated(self, events: list[ServerSentEvent], lanes: AnswerLanes) -> bytes:
        """Translate ``events``: in the loop what takes no time, and beside it from the first event on that may."""
        if not self._thinker.heavy:
            work = partial(self._translate, events, lanes)
            if any(len(event.data) >= _LONG_EVENT for event in events):
                return await self._thinker.beside(work)
            return self._thinker.here(work)
        out: list[bytes] = []
        for number, event in enumerate(events):
            if self._may_inspect(event, lanes):
                work = partial(self._translate, events[number:], lanes)
                return b"".join((*out, await self._thinker.beside(work)))
            before = lanes.inspections
            out.append(self._thinker.here(partial(self._translate, [event], lanes)))
            self._surprised = self._surprised or lanes.inspections != before
            if lanes.effect is not Effect.ALLOW or self.failure is not None:
                break
        return b"".join(out)

    def _may_inspect(self, event: ServerSentEvent, lanes: AnswerLanes) -> bool:
        """Tell whether a text may be inspected where ``event`` is translated, which slow detectors must not do in the loop.

        What cannot be told from a look at the event shows afterwards: a stream in which it happened is not trusted any further.
        """
        size = len(event.data)
        self._shortest = min(self._shortest, size)
        return bool(
            self._surprised
            or lanes.may_inspect(size - self._shortest + _SLACK)
            or not self._codec.only_grows(event)
            or _SENTENCE_ENDS.search(event.data)
        )

    def _translate(self, events: list[ServerSentEvent], lanes: AnswerLanes) -> bytes:
        """Return what may be sent now of ``events``; from the last event on, all goes into `kept`."""
        out: list[bytes] = []
        for event in events:
            try:
                final = self._over or self._codec.is_final(event)
                data = self._codec.translate(event, lanes)
            except UpstreamError as error:
                if not self._over:
                    self._break_off(error)
                break
            except OverdueError as error:  # what came before it in this piece was inspected in time
                self._break_off(error)
                break
            if lanes.effect is not Effect.ALLOW:
                self._refuse(data, lanes, final=final, out=out)
                break
            if final:
                self._over = True
                self.kept += data
            else:
                out.append(data)
        return b"".join(out)

    def _break_off(self, error: RedoubtError) -> None:
        self.failure = error
        self.kept += self._codec.fail(str(error))
        self._over = True

    def _refuse(self, data: bytes, lanes: AnswerLanes, *, final: bool, out: list[bytes]) -> None:
        """Deny the answer from here on.

        ``data`` holds nothing that was denied: the lanes release no such text.
        """
        self.kept = self._codec.refuse(self._refusal(lanes.effect))
        if not self._codec.retractable:
            if final:
                self.kept = data + self.kept
            else:
                out.append(data)
        self._over = True

    async def _end_of_body(self, lanes: AnswerLanes) -> None:
        """Take note of a stream without a last event: an answer that was cut short is said to be."""
        out = [await self._translated(self._parser.close(), lanes)]
        if not self._over:
            out.append(await self._thinker.think(lanes.received, lambda: self._codec.finish(lanes)))
            if lanes.effect is not Effect.ALLOW:
                out.append(self._codec.refuse(self._refusal(lanes.effect)))
            else:
                self.failure = UpstreamError(
                    "the provider ended the stream before the answer was complete; try again"
                )
                out.append(self._codec.fail(str(self.failure)))
        self.kept = b"".join((*out, self.kept))

    async def _tail(self, pieces: AsyncIterator[bytes], lanes: AnswerLanes) -> None:
        """Read what follows the last event, so that the connection can be used again."""
        until = asyncio.get_running_loop().time() + _TAIL_SECONDS
        try:
            while lanes.effect is Effect.ALLOW:
                async with asyncio.timeout_at(until):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                await self._translated(self._parser.feed(piece), lanes)
        except (TimeoutError, UpstreamError):
            return  # the answer itself is complete


def _batch(events: list[ServerSentEvent], start: int) -> list[ServerSentEvent]:
    """Return the events from ``start`` on that are translated before others get their turn."""
    if len(events) == 1:
        return events
    size, end = 0, start
    while end < len(events) and end - start < _BATCH and size < _BATCH_CHARACTERS:
        size += len(events[end].data)
        end += 1
    return events[start:end]
