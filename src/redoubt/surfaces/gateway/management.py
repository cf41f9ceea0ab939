"""The management API's surface: the way from a request to an endpoint and back."""

import secrets
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from redoubt.domain.errors import CallerGoneError, InputError, RightsError, ServiceError
from redoubt.domain.principal import Principal
from redoubt.surfaces.gateway import bodies, owners
from redoubt.surfaces.gateway.admission import Admission
from redoubt.surfaces.gateway.asgi import JSON, RawHeaders, Receive, Scope, Send, send_whole
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint
from redoubt.surfaces.gateway.endpoints import ENDPOINTS
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.intake import Head, read_body, read_head
from redoubt.surfaces.gateway.json_body import decode, encode
from redoubt.surfaces.gateway.metering import Meter
from redoubt.surfaces.gateway.problems import NotServedError, Problem, complain, ended, problem_of
from redoubt.surfaces.gateway.records import managed
from redoubt.surfaces.gateway.reply_head import ours

_MAX_QUERY_FIELDS = 16


@dataclass(slots=True)
class _Case:
    """What is known of a request so far."""

    exchange: str
    principal: Principal | None = None
    address: str = ""
    api: str = "management"
    event: str = ""
    """What is on record of it, or would be."""
    recorded: bool = False
    headers: RawHeaders = ()
    """For the answer, whatever it is."""


class Management:
    """Answers requests to ``/redoubt/v1/``. What it does is on record before it is done, and what it refuses as well."""

    def __init__(self, gateway: Gateway, admission: Admission) -> None:
        self._gateway = gateway
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it."""
        gateway = self._gateway
        begun = perf_counter()
        case = _Case(gateway.new_id())
        decision = "allow"
        extra: RawHeaders = ()
        try:
            endpoint, reply = await self._serve(scope, receive, case)
            decision = getattr(reply, "decision", "allow")
            status, body = endpoint.status, encode(reply)
        except CallerGoneError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer and the process stays up
            problem = await self._failed(case, error)
            status, body, extra = problem.status, fault(problem), problem.headers
        await send_whole(send, status, (JSON, *ours(case.exchange, decision), *case.headers, *extra), body)
        seconds = perf_counter() - begun
        gateway.metrics.answered(case.api, decision, status, seconds)
        ended(case.exchange, case.api, decision, status, seconds)

    async def _serve(self, scope: Scope, receive: Receive, case: _Case) -> tuple[Endpoint, Any]:
        gateway = self._gateway
        head = read_head(scope["headers"])
        case.address = self._admission.address(scope, head)
        visit = await self._admission.visit(scope, head, case.exchange)
        case.headers = (
            visit.headers
        )  # before anything is refused: a new cookie that got lost would be a logout
        await self._take(visit.principal)
        principal = case.principal = visit.principal
        case.event = "session.refused"
        self._admission.check_page(scope, visit)
        endpoint, name = find(scope["method"], scope["path"])
        case.api = endpoint.path
        case.event = endpoint.event or endpoint.action
        endpoint.admit(principal, endpoint.action)
        query = _query(scope, endpoint)
        action, event = endpoint.asks(query)
        case.event = event or action
        endpoint.admit(principal, action)
        if head.end_user:
            person = owners.end_user(principal, head.end_user, gateway.desk.hash_key)
            principal = replace(principal, end_user=person)
        body = await self._body(endpoint, head, receive)
        number = secrets.token_hex(8)
        asked = Asked(gateway, principal, case.exchange, body, query, name, number, visit.token)
        if not event:
            return endpoint, await endpoint.answer(asked)
        what = await self._announce(case, endpoint, asked)
        reply = await endpoint.answer(asked)
        if what:
            gateway.readings.note(principal.id, what, gateway.clock)
        return endpoint, reply

    async def _announce(self, case: _Case, endpoint: Endpoint, asked: Asked) -> bytes:
        """Put on record what is about to be done, unless it is another page of what is on record already.

        Return what, once it is done, need not be put on record again; empty: nothing.
        """
        what = endpoint.same(asked.query)
        if what and not self._gateway.readings.is_new(asked.principal.id, what, self._gateway.clock):
            return b""
        await self._record(case, "allow", endpoint.note(asked))
        case.recorded = True
        return what

    async def _take(self, principal: Principal) -> None:
        """Count the request. Raises LimitError, ServiceError."""
        meter = Meter(self._gateway, principal)
        try:
            await meter.admit()
        finally:
            await meter.close()

    async def _body(self, endpoint: Endpoint, head: Head, receive: Receive) -> msgspec.Struct | None:
        if endpoint.takes is None:
            return None
        server = self._gateway.settings.server
        data = await read_body(receive, head, limit=server.max_body_bytes, timeout=server.request_timeout)
        return structured(decode(data), endpoint.takes)

    async def _failed(self, case: _Case, error: Exception) -> Problem:
        """Return what to say of an error; what was refused, or was recorded and not done after all, is on record then."""
        problem = problem_of(error)
        if case.principal is not None and (case.recorded or isinstance(error, RightsError)):
            why = str(error) if isinstance(error, RightsError) else problem.code
            try:
                await self._record(case, "deny", f"not done: {why}")
            except ServiceError as unrecorded:
                error, problem = unrecorded, problem_of(unrecorded)
        if problem.status in (500, 503):
            complain(f"management request {case.exchange} failed", error, case.exchange)
        return problem

    async def _record(self, case: _Case, decision: str, note: str) -> None:
        gateway = self._gateway
        if case.principal is None:
            return
        entry = managed(
            case.principal,
            case.exchange,
            case.event,
            decision,
            note,
            at=gateway.clock(),
            address=case.address,
        )
        policy = gateway.desk.inspector.policy.version
        await gateway.audit.append(replace(entry, policy=policy))


def find(method: str, path: str) -> tuple[Endpoint, str]:
    """Return the endpoint for a request, and what ``{id}`` stands for. Raises NotServedError."""
    allowed = []
    for endpoint in ENDPOINTS:
        name = _name(endpoint.path, path)
        if name is not None:
            if endpoint.method == method:
                return endpoint, name
            allowed.append(endpoint.method)
    if allowed:
        raise NotServedError(405, "method_not_allowed", f"this path is served with {', '.join(allowed)} only")
    raise NotServedError(404, "not_found", "there is nothing at this path; see /redoubt/openapi.json")


def _name(pattern: str, path: str) -> str | None:
    """Return what ``{id}`` of ``pattern`` stands for in ``path``, nothing where it has none; None where they do not fit."""
    before, mark, after = pattern.partition("{id}")
    if not mark:
        return "" if path == pattern else None
    if not (path.startswith(before) and path.endswith(after)) or len(path) <= len(before) + len(after):
        return None
    name = path[len(before) : len(path) - len(after)]
    return None if "/" in name else name


def structured(value: Any, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Return ``value`` as ``kind``; raises InputError that names the place and never quotes the value."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        if not what.startswith(("Expected", "Object missing")):
            what = (
                "a field is unknown"
                if "unknown field" in what
                else "the value is not one that is allowed here"
            )
        pointer = place.rstrip("`").replace(".", "/").replace("[", "/").replace("]", "")
        raise InputError(f"{what}; see /redoubt/openapi.json", pointer=pointer) from None


def fault(problem: Problem) -> bytes:
    """Return an error body of the management API."""
    return encode(bodies.FaultReply(bodies.Fault(problem.code, problem.message, problem.pointer)))


def _query(scope: Scope, endpoint: Endpoint) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            scope["query_string"].decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS
        )
    except ValueError:
        raise InputError("the query cannot be read") from None
    query = dict(pairs)
    if query.keys() - set(endpoint.query):
        allowed = ", ".join(endpoint.query) or "none"
        raise InputError(f"a query parameter is not known here; those that are: {allowed}")
    return query
