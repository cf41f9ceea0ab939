"""Sends the caller's answer: whole, as a refusal, as a stream, or as an error in the provider's shape."""

from collections.abc import Callable

from redoubt.domain.settings import OnDeny
from redoubt.pipeline.phases import Outcome
from redoubt.pipeline.upstream import Headers
from redoubt.surfaces.gateway.asgi import JSON, RawHeaders, Send, send_whole
from redoubt.surfaces.gateway.json_body import encode
from redoubt.surfaces.gateway.limit_headers import without_theirs
from redoubt.surfaces.gateway.observing import Observed
from redoubt.surfaces.gateway.problems import Problem
from redoubt.surfaces.gateway.reply_head import ours, passed_on
from redoubt.surfaces.gateway.wire.interface import WireCodec, WireRequest


class Answering:
    """One answer on its way out. It is begun at most once, and ended at most once."""

    __slots__ = (
        "_ended",
        "_send",
        "begun",
        "broken_off",
        "codec",
        "decision",
        "exchange",
        "limits",
        "observed",
        "status",
    )

    def __init__(self, send: Send, codec: WireCodec, exchange: str) -> None:
        self._send = send
        self.codec = codec
        self.exchange = exchange
        self._ended = False
        self.begun = False
        self.broken_off: Callable[[str], bytes] | None = None
        """How a stream that has begun says that it breaks off."""
        self.decision = "allow"
        """What the header says: of a streamed answer, the decision about its prompt."""
        self.status = 0
        self.observed: Observed | None = None
        """What telemetry gets to see of it, where there is telemetry."""
        self.limits: RawHeaders = ()
        """How the limits stand, as the provider would say it."""

    async def whole(
        self, status: int, body: bytes, headers: RawHeaders = (), *, media: RawHeaders = (JSON,)
    ) -> None:
        """Send everything at once."""
        self.begun = self._ended = True
        self.status = status
        await send_whole(
            self._send,
            status,
            (*media, *ours(self.exchange, self.decision), *self._with_limits(headers)),
            body,
        )

    async def stream(self, data: bytes, media_type: bytes, upstream_headers: Headers) -> None:
        """Send a piece of a stream; the first one brings the head."""
        if not self.begun:
            self.begun = True
            self.status = 200
            headers = (
                (b"content-type", media_type),
                *ours(self.exchange, self.decision),
                *self._with_limits(passed_on(upstream_headers)),
            )
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """End a stream that was begun."""
        if self.begun and not self._ended:
            self._ended = True
            await self._send({"type": "http.response.body", "body": data, "more_body": False})

    async def refuse(
        self, request: WireRequest, outcome: Outcome, on_deny: OnDeny, now: float, media_type: bytes
    ) -> None:
        """Say that policy does not let the prompt or the answer pass, in the way the operator chose."""
        codec = self.codec
        if on_deny is OnDeny.ERROR or not codec.can_refuse:
            await self.whole(400, encode(codec.error(400, outcome.refusal, code="content_filter")))
        elif request.stream:
            said = codec.refusal_stream(request, outcome.refusal, exchange=self.exchange, now=now)
            await self.whole(200, said, media=((b"content-type", media_type),))
        else:
            said = encode(codec.refusal(request, outcome.refusal, exchange=self.exchange, now=now))
            await self.whole(200, said)

    async def fail(self, problem: Problem) -> None:
        """Say an error; where a stream has begun, all that is left is to end it."""
        if self.begun:
            await self.end(self.broken_off(problem.message) if self.broken_off is not None else b"")
            return
        body = encode(self.codec.error(problem.status, problem.message, code=problem.code))
        await self.whole(problem.status, body, problem.headers)

    def _with_limits(self, headers: RawHeaders) -> RawHeaders:
        return (*without_theirs(headers), *self.limits) if self.limits else headers
