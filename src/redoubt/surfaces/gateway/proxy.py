"""One request to a provider's endpoint: who asks, may they, what do they ask, and then the exchange."""

from dataclasses import replace
from time import perf_counter

from redoubt.domain.errors import CallerGoneError, InputError, OverdueError, RightsError, UpstreamError
from redoubt.domain.principal import Principal
from redoubt.engine.policy.model import Situation
from redoubt.pipeline.driver import drive
from redoubt.pipeline.phases import Call, exchange
from redoubt.surfaces.gateway import models, owners
from redoubt.surfaces.gateway.admission import Admission
from redoubt.surfaces.gateway.alternatives import MAX_MODEL, alternatives, refuse_uncounted
from redoubt.surfaces.gateway.answering import Answering
from redoubt.surfaces.gateway.asgi import HANGUP, WHOLE_BODY, Receive, Scope, Send
from redoubt.surfaces.gateway.caller import Caller
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.intake import Head, read_body, read_head
from redoubt.surfaces.gateway.json_body import decode
from redoubt.surfaces.gateway.metering import Meter
from redoubt.surfaces.gateway.observing import Observed
from redoubt.surfaces.gateway.outgoing import harmless, together
from redoubt.surfaces.gateway.problems import NotServedError, complain, ended, problem_of
from redoubt.surfaces.gateway.records import forbidden
from redoubt.surfaces.gateway.routes import Purpose, Route, codec_for, find, key_in_query
from redoubt.surfaces.gateway.wire.interface import WireRequest
from redoubt.surfaces.gateway.world import ExchangeWorld


class Proxy:
    """Answers requests to the providers' endpoints."""

    def __init__(self, gateway: Gateway, admission: Admission) -> None:
        self._gateway = gateway
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it. Nothing is raised but cancellation."""
        gateway = self._gateway
        telemetry = gateway.telemetry
        begun = perf_counter()
        path: str = scope["path"]
        codec = codec_for(path)
        answering = Answering(send, codec, gateway.new_id())
        api = "none"
        gateway.metrics.in_flight += 1
        meter: Meter | None = None
        try:
            head = read_head(scope["headers"])
            if telemetry is not None:
                answering.observed = Observed(telemetry.begin(head.traceparent))
            if path.startswith("/v1/models"):
                answering.codec = codec_for(path, head.speaks)
            query = scope["query_string"].decode("latin-1")
            principal = await self._admission.principal(
                scope, head, answering.exchange, key_in_query(path, query)
            )
            meter = Meter(gateway, principal, answering)
            await meter.admit()
            route = find(scope["method"], path, query, head.speaks)
            answering.codec = route.codec
            api = route.codec.api
            await self._serve(scope, route, head, principal, receive, answering, meter)
        except CallerGoneError:
            answering.status = 499  # nginx's word for it: nobody is there to read a status
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer and the process stays up
            problem = problem_of(error)
            if problem.status in (500, 503) and not isinstance(error, NotServedError):
                complain(f"exchange {answering.exchange} failed", error, answering.exchange)
            await answering.fail(problem)
        finally:
            gateway.metrics.in_flight -= 1
            try:
                self._tell(answering, api, perf_counter() - begun)
            finally:
                if meter is not None:  # whatever went wrong, nobody's place is held for ever
                    await meter.close()

    def _tell(self, answering: Answering, api: str, seconds: float) -> None:
        """Count and show a request that is over."""
        gateway, telemetry = self._gateway, self._gateway.telemetry
        status, decision = answering.status, answering.decision
        gateway.metrics.answered(api, decision, status, seconds)
        ended(answering.exchange, api, decision, status, seconds)
        if telemetry is None or answering.observed is None:
            return
        seen = answering.observed.seen(status=status, decision=decision, now=gateway.clock(), seconds=seconds)
        if seen is not None:
            telemetry.end(seen)

    async def _serve(
        self,
        scope: Scope,
        route: Route,
        head: Head,
        principal: Principal,
        receive: Receive,
        answering: Answering,
        meter: Meter,
    ) -> None:
        gateway = self._gateway
        received_at = gateway.clock()
        desk = gateway.desk
        await self._may_call(principal, scope, head, answering.exchange)
        where = Situation(app=principal.app, principal_roles=frozenset(principal.roles))
        thinker = gateway.thinker()
        weight = thinker.unread((together(head.forwarded),), desk.inspector.remembers)
        headers = await thinker.think(weight, lambda: harmless(head.forwarded, desk.inspector, where))
        if route.purpose is Purpose.MODELS:
            await models.serve(gateway, route, headers, answering)
            return
        request, size = await self._read(route, head, receive, is_here=WHOLE_BODY in scope)
        if person := head.end_user or request.end_user:
            person = owners.end_user(principal, person, desk.hash_key)
            principal = replace(principal, end_user=person)
        owner = owners.owner(principal)
        if request.chain:
            await owners.check(gateway.vault, request.chain, owner)
        named = gateway.upstreams.choose(route.kind, request.model) if route.purpose is Purpose.CALL else None
        if named is None:
            named = models.keeper(gateway, route)
        upstream = named.settings.name
        if route.purpose is Purpose.CALL:
            others = alternatives(request.body)
            for model in (request.model, *others):
                await self._may_call(principal, scope, head, answering.exchange, upstream, model)
            if any(gateway.upstreams.choose(route.kind, model) is not named for model in others):
                raise InputError("the request names models of several upstreams; name those of one")
            refuse_uncounted(others, gateway.settings.limits)
        await meter.begin(route, request, size)
        call = Call(
            exchange=answering.exchange,
            received_at=received_at,
            principal=principal,
            api=route.codec.api,
            upstream=upstream,
            model=request.model,
            segments=request.segments,
            uninspectable=request.uninspectable,
            session=head.session,
            chain=request.chain,
            standing=named.instructions,
        )
        observed = answering.observed
        if observed is not None:
            observed.call, observed.provider, observed.stream = call, named.settings.kind, request.stream
            if gateway.telemetry is not None and gateway.telemetry.forwards:
                headers = (*headers, ("traceparent", observed.span.traceparent()))
        caller = Caller(receive, scope.get(HANGUP), gateway.closing)
        world = ExchangeWorld(
            gateway, route, scope["method"], headers, request, named, caller, answering, owner, thinker, meter
        )
        timed = replace(desk, inspector=desk.inspector.within(thinker.check))
        caller.watch()
        try:
            outcome = await drive(exchange(timed, call), world)
            if answering.begun or caller.gone:
                return
            answering.decision = outcome.decision
            if outcome.refusal:
                on_deny = gateway.on_deny(principal.app)
                await answering.refuse(request, outcome, on_deny, received_at, route.media_type)
            else:
                await world.send_answer(outcome.changes)
        except (UpstreamError, OverdueError) as error:
            meter.failed(error)
            if isinstance(error, OverdueError):
                raise
            gateway.metrics.upstream_failed(named.settings.name, error.status)
            raise
        finally:
            caller.dismiss()

    async def _may_call(
        self,
        principal: Principal,
        scope: Scope,
        head: Head,
        exchange: str,
        upstream: str = "",
        model: str = "",
    ) -> None:
        """Let who may call the model; without one, who may call any. Raises RightsError, which is on record then."""
        rights = principal.rights
        if not upstream:
            allowed = rights.somewhere("model.call")
        else:
            allowed = rights.allow("model.call", app=principal.app, upstream=upstream, model=model)
        if allowed:
            return
        what = "this model" if upstream else "models"
        said = f"this needs the right 'model.call' for {what}; an administrator grants it"
        await self._gateway.audit.append(
            forbidden(
                principal,
                exchange,
                upstream,
                model,
                said,
                at=self._gateway.clock(),
                address=self._admission.address(scope, head),
            )
        )
        raise RightsError(said)

    async def _read(
        self, route: Route, head: Head, receive: Receive, *, is_here: bool
    ) -> tuple[WireRequest, int]:
        """Read what is asked, and how many bytes that are. Only a call of a model has a body that says anything."""
        if route.purpose is Purpose.KEPT:
            return WireRequest(body=None, segments=(), model="", stream=route.stream, chain=route.chain), 0
        server = self._gateway.settings.server
        body = await read_body(
            receive, head, limit=server.max_body_bytes, timeout=server.request_timeout, is_here=is_here
        )
        request = route.codec.read_request(decode(body), model=route.model, stream=route.stream)
        if not request.model:
            raise InputError("the request names no model", pointer="/model")
        if len(request.model) > MAX_MODEL:
            raise InputError(f"the model's name is longer than {MAX_MODEL} characters", pointer="/model")
        return request, len(body)
