"""A streamed answer on its way from the provider to the caller."""

import asyncio
from collections.abc import Awaitable, Callable

from redoubt.domain.decision import Effect
from redoubt.domain.errors import CallerGoneError, UpstreamError
from redoubt.pipeline.commands import RelayEnd
from redoubt.pipeline.lanes import AnswerLanes
from redoubt.pipeline.upstream import UpstreamReply
from redoubt.surfaces.gateway.caller import Caller
from redoubt.surfaces.gateway.problems import complain
from redoubt.surfaces.gateway.wire.interface import ServerSentEvent, StreamCodec
from redoubt.surfaces.gateway.wire.sse import EventParser

_BATCH = 16
_BATCH_CHARACTERS = 4096
"""So many events, or characters of them, are translated at once: many may arrive in one piece, and each is inspected."""
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
    ) -> None:
        self._reply = reply
        self._codec = codec
        self._caller = caller
        self._write = write
        self._refusal = refusal
        self._parser = EventParser()
        self._over = False
        self.kept = b""
        """What ends the stream, to be sent once the answer is on record."""
        self.failure: UpstreamError | None = None
        """Why the provider's stream broke off, if it did."""

    async def run(self, lanes: AnswerLanes) -> RelayEnd:
        """Relay until the last event is at hand, or the stream ends in another way."""
        note = ""
        try:
            await self._until_final(lanes)
        except CallerGoneError:
            note = "client went away"
        except UpstreamError as error:
            self._break_off(error)
        except Exception as error:  # noqa: BLE001 - what was sent so far must get its entry, whatever went wrong
            complain("an answer could not be relayed", error)
            self._break_off(UpstreamError("the provider's answer could not be understood"))
        finally:
            await self._reply.aclose()
        if self.failure is not None:
            note = "upstream broke off"
        return RelayEnd(usage=self._codec.usage, note=note, chain=self._codec.chain)

    async def _until_final(self, lanes: AnswerLanes) -> None:
        pieces = self._reply.body()
        try:
            while not self._over:
                piece = await self._caller.unless_gone(anext(pieces, None))
                if piece is None:
                    self._end_of_body(lanes)
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
            data = self._translate(batch, lanes)
            if data:
                await self._write(data)
            if self._caller.gone:
                raise CallerGoneError("the caller hung up")
            if self._over:
                remaining = events[done:]
                if remaining and lanes.effect is Effect.ALLOW and self.failure is None:
                    self._translate(remaining, lanes)
                return

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
            if lanes.effect is not Effect.ALLOW:
                self._refuse(data, lanes, final=final, out=out)
                break
            if final:
                self._over = True
                self.kept += data
            else:
                out.append(data)
        return b"".join(out)

    def _break_off(self, error: UpstreamError) -> None:
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

    def _end_of_body(self, lanes: AnswerLanes) -> None:
        """Take note of a stream without a last event: an answer that was cut short is said to be."""
        out = [self._translate(self._parser.close(), lanes)]
        if not self._over:
            out.append(self._codec.finish(lanes))
            if lanes.effect is not Effect.ALLOW:
                out.append(self._codec.refuse(self._refusal(lanes.effect)))
            else:
                self.failure = UpstreamError(
                    "the provider ended the stream before the answer was complete; try again"
                )
                out.append(self._codec.fail(str(self.failure)))
        self.kept = b"".join((*out, self.kept))

    async def _tail(self, pieces: object, lanes: AnswerLanes) -> None:
        """Read what follows the last event, so that the connection can be used again."""
        try:
            async with asyncio.timeout(_TAIL_SECONDS):
                async for piece in pieces:  # type: ignore[attr-defined]
                    self._translate(self._parser.feed(piece), lanes)
                    if lanes.effect is not Effect.ALLOW:
                        return
        except (TimeoutError, UpstreamError):
            return  # the answer itself is complete


def _batch(events: list[ServerSentEvent], start: int) -> list[ServerSentEvent]:
    """Return the events from ``start`` on that are translated before others get their turn."""
    size, end = 0, start
    while end < len(events) and end - start < _BATCH and size < _BATCH_CHARACTERS:
        size += len(events[end].data)
        end += 1
    return events[start:end]
