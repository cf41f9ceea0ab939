"""The pipeline's world for one exchange: the stores, the provider, the caller."""

from collections.abc import Callable, Collection, Iterable, Mapping
from time import perf_counter

from redoubt.domain.decision import Decision, Effect
from redoubt.domain.errors import CallerGoneError, InputError, ServiceError, UpstreamError
from redoubt.domain.evidence import Entry
from redoubt.domain.exchange import Role, Segment, Trust, Usage
from redoubt.domain.pseudonym import Alias
from redoubt.pipeline.commands import Command, RelayEnd, StreamStarted, WholeAnswer
from redoubt.pipeline.lanes import AnswerLanes
from redoubt.pipeline.phases import HELD, Outcome
from redoubt.pipeline.upstream import Headers, UpstreamReply, UpstreamRequest
from redoubt.services.fingerprints.interface import Fingerprints
from redoubt.services.vault.interface import Scope
from redoubt.surfaces.gateway.answering import Answering
from redoubt.surfaces.gateway.caller import Caller
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.json_body import decode, encode
from redoubt.surfaces.gateway.metering import Meter
from redoubt.surfaces.gateway.models import refused
from redoubt.surfaces.gateway.problems import problem_of
from redoubt.surfaces.gateway.relay import StreamRelay
from redoubt.surfaces.gateway.reply_head import header, passed_on
from redoubt.surfaces.gateway.routes import Purpose, Route
from redoubt.surfaces.gateway.thinker import Thinker
from redoubt.surfaces.gateway.upstreams import NamedUpstream
from redoubt.surfaces.gateway.wire import tree
from redoubt.surfaces.gateway.wire.collect import Collector, wrong_answer
from redoubt.surfaces.gateway.wire.interface import Json, WireAnswer, WireRequest

_IDS = frozenset({"id", "object", "type", "code", "param", "status", "request_id", "deleted", "@type"})
"""Members of errors and receipts that hold ids and constants."""


class ExchangeWorld:
    """Answers the commands of one exchange (`redoubt.pipeline.driver.World`)."""

    __slots__ = (
        "_answer",
        "_answering",
        "_caller",
        "_chain",
        "_codec",
        "_gateway",
        "_generic",
        "_headers",
        "_meter",
        "_method",
        "_named",
        "_owner",
        "_relay",
        "_reply",
        "_request",
        "_route",
        "_thinker",
        "_undecided",
        "_weight",
    )

    def __init__(
        self,
        gateway: Gateway,
        route: Route,
        method: str,
        headers: Headers,
        request: WireRequest,
        named: NamedUpstream,
        caller: Caller,
        answering: Answering,
        owner: Scope,
        thinker: Thinker,
        meter: Meter,
    ) -> None:
        """``owner`` is whose the answer will be, where the provider keeps it."""
        self._gateway = gateway
        self._route = route
        self._codec = route.codec
        self._method = method
        self._headers = headers
        self._request = request
        self._named = named
        self._caller = caller
        self._answering = answering
        self._owner = owner
        self._chain = ""
        self._thinker = thinker
        self._meter = meter
        self._undecided = True
        self._weight = thinker.unread(request.segments, gateway.desk.inspector.remembers)
        self._reply: UpstreamReply | None = None
        self._answer: WireAnswer | None = None
        self._generic = False
        self._relay: StreamRelay | None = None

    async def think(self, step: Callable[[], Command | Outcome]) -> Command | Outcome:
        """Take one step of the exchange. Nobody's prompt is not inspected; what was begun is brought to its entry."""

        def work() -> Command | Outcome:
            if self._undecided and self._caller.gone:
                raise CallerGoneError("the caller hung up before its request was inspected")
            return step()

        return await self._thinker.think(self._weight, work)

    async def load(self, scope: Scope) -> tuple[Alias, ...]:
        """Fetch a session's aliases."""
        return await self._gateway.vault.load(scope)

    async def save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        """Keep new aliases."""
        await self._gateway.vault.save(scope, aliases)

    async def remember(self, owner: bytes, marks: Collection[bytes], person: bytes) -> None:
        """Keep who wrote these values."""
        await self._fingerprints().note(owner, marks, person)

    async def recall(self, owner: bytes, marks: Collection[bytes]) -> frozenset[bytes]:
        """Ask which values are other callers'."""
        return await self._fingerprints().foreign(owner, marks)

    async def record(self, entry: Entry) -> None:
        """Write an entry; durable on return."""
        begun = perf_counter()
        await self._gateway.audit.append(entry)
        self._gateway.metrics.recorded(entry, perf_counter() - begun)
        if self._answering.observed is not None:
            self._answering.observed.entry = entry
        self._undecided = False
        self._weight = 0  # what there was is inspected
        if entry.kind == "answer":
            self._meter.said(len(entry.text.encode("utf-8", "surrogatepass")))
        if entry.kind == "prompt":
            self._answering.decision = entry.decision
        elif self._chain and not await self._gateway.vault.claim(self._chain, self._owner):
            self._chain = ""
            raise UpstreamError(f"{self._where()} gave an answer the id of another caller's")

    async def approve(self, decision: Decision) -> bool:
        """Ask a person."""
        return await self._gateway.approve(decision)

    async def forward(self, changes: Mapping[str, str]) -> WholeAnswer | StreamStarted:
        """Send the request upstream; return when the answer is here or has begun to stream."""
        body = self._body(changes)
        await self._meter.forward(len(body))
        request = UpstreamRequest(self._method, self._route.path, self._headers, body)
        reply = self._reply = await self._caller.unless_gone(self._named.upstream.send(request))
        try:
            if reply.status in (401, 403):
                raise UpstreamError(refused(self._named, reply.status))
            media_type = header(reply.headers, "content-type").partition(";")[0].strip().lower()
            if media_type == "text/event-stream":
                if self._request.stream and 200 <= reply.status < 300:
                    return StreamStarted()
                raise UpstreamError(f"{self._where()} answered with a stream although none was asked for")
            body = await self._caller.unless_gone(_whole(reply))
            return self._whole_answer(reply.status, _json(body, self._where(), reply.status))
        except BaseException:
            await reply.aclose()
            raise

    async def relay(self, lanes: AnswerLanes) -> RelayEnd:
        """Pass the stream through ``lanes`` to the caller; what ends it is kept for `release`."""
        reply = self._begun()
        codec = self._codec.stream(self._request)
        self._answering.broken_off = codec.fail
        self._relay = StreamRelay(reply, codec, self._caller, self._write, self._refusal, self._thinker)
        end = await self._relay.run(lanes)
        self._chain = end.chain
        self._weight = lanes.received
        # What was denied half-way came to no end either.
        self._meter.answered(end.usage, complete=not end.note and lanes.effect is Effect.ALLOW)
        self._meter.said(lanes.received)
        failure = self._relay.failure
        if isinstance(failure, UpstreamError):
            self._gateway.metrics.upstream_failed(self._named.settings.name, failure.status)
        return end

    async def release(self) -> None:
        """Send what ends the stream: its last event, a refusal, an error."""
        relay = self._relay
        if relay is None or self._caller.gone:
            return
        if relay.failure is not None and not self._answering.begun:
            await self._answering.fail(problem_of(relay.failure))
            return
        await self._write(relay.kept)
        await self._answering.end()

    async def send_answer(self, changes: Mapping[str, str]) -> None:
        """Send the whole answer with ``changes`` written into it."""
        answer, reply = self._answer, self._begun()
        if answer is None:
            return  # it was streamed
        write = _write_generic if self._generic else self._codec.write_answer
        body = encode(write(answer, changes) if changes else answer.body)
        await self._answering.whole(reply.status, body, passed_on(reply.headers))

    def _body(self, changes: Mapping[str, str]) -> bytes:
        if self._route.purpose is not Purpose.CALL:
            return b""
        return encode(self._codec.write_request(self._request, changes) if changes else self._request.body)

    def _whole_answer(self, status: int, body: Json) -> WholeAnswer:
        if 200 <= status < 300 and not (self._route.purpose is Purpose.KEPT and self._method == "DELETE"):
            answer = self._codec.read_answer(body)
            note = ""
            if self._answering.observed is not None:
                self._answering.observed.body = body
        else:
            answer = _read_generic(body)
            self._generic = True
            note = "" if status < 300 else f"upstream answered {status}"
        self._meter.answered(answer.usage, complete=True, billed=not note)
        self._answer, self._chain = answer, answer.chain
        self._weight = _characters(answer.segments)
        return WholeAnswer(answer.segments, answer.uninspectable, answer.usage, note, answer.chain)

    def _begun(self) -> UpstreamReply:
        if self._reply is None:
            raise UpstreamError(f"{self._where()} was not asked yet")
        return self._reply

    async def _write(self, data: bytes) -> None:
        await self._answering.stream(data, self._route.media_type, self._begun().headers)

    def _fingerprints(self) -> Fingerprints:
        known = self._gateway.fingerprints
        if known is None:
            raise ServiceError("this gateway was started without a store of fingerprints")
        return known

    def _refusal(self, effect: Effect) -> str:
        return HELD if effect is Effect.HOLD else self._gateway.desk.inspector.policy.refusal

    def _where(self) -> str:
        return f"upstream '{self._named.settings.name}'"


def _characters(segments: Iterable[Segment]) -> int:
    return sum(len(segment.text) for segment in segments)


async def _whole(reply: UpstreamReply) -> bytes:
    return b"".join([piece async for piece in reply.body()])


def _json(body: bytes, where: str, status: int) -> Json:
    try:
        return decode(body)
    except InputError:
        message = f"{where} answered with status {status} and a body that is not JSON; check its base_url"
        raise UpstreamError(message) from None


def _read_generic(body: Json) -> WireAnswer:
    """Take every text of an answer that is no model's: an error, a receipt."""
    collector = Collector(_IDS, wrong_answer)
    collector.everything(body, "", Role.ASSISTANT, Trust.MODEL)
    return WireAnswer(body, tuple(collector.segments), tuple(collector.uninspectable), Usage())


def _write_generic(answer: WireAnswer, changes: Mapping[str, str]) -> Json:
    return tree.replace(answer.body, changes)
