"""The management API's surface: its table, and the way from a request to an endpoint and back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from redoubt.domain.errors import CallerGoneError, IdentityError, InputError, RightsError
from redoubt.domain.principal import Principal
from redoubt.surfaces.gateway import bodies, endpoints
from redoubt.surfaces.gateway.asgi import JSON, RawHeaders, Receive, Scope, Send, send_whole
from redoubt.surfaces.gateway.endpoints import Asked
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.intake import Head, credential, read_body, read_head
from redoubt.surfaces.gateway.json_body import decode, encode
from redoubt.surfaces.gateway.problems import NotServedError, Problem, complain, problem_of
from redoubt.surfaces.gateway.reply_head import ours

ANYONE = ("admin", "auditor", "developer")
AUDITORS = ("admin", "auditor")
ADMINS = ("admin",)
_MAX_QUERY_FIELDS = 16


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the API."""

    method: str
    path: str
    answer: Callable[[Asked], Awaitable[Any]]
    roles: tuple[str, ...]
    takes: type[msgspec.Struct] | None
    gives: type[msgspec.Struct]
    summary: str
    query: tuple[str, ...] = ()
    status: int = 200


ENDPOINTS = (
    Endpoint(
        "POST", "/redoubt/v1/inspect", endpoints.inspect, ANYONE, bodies.InspectRequest, bodies.InspectReply,
        "Inspect a text and say what policy decides.",
    ),
    Endpoint(
        "POST", "/redoubt/v1/mask", endpoints.mask, ANYONE, bodies.MaskRequest, bodies.MaskReply,
        "Mask a text as policy says.",
    ),
    Endpoint(
        "POST", "/redoubt/v1/restore", endpoints.restore, ANYONE, bodies.RestoreRequest, bodies.RestoreReply,
        "Turn the pseudonyms of a session of the same key back.",
    ),
    Endpoint(
        "GET", "/redoubt/v1/keys", endpoints.list_keys, ADMINS, None, bodies.KeyList,
        "List the API keys.",
    ),
    Endpoint(
        "POST", "/redoubt/v1/keys", endpoints.create_key, ADMINS, bodies.KeyRequest, bodies.NewKeyBody,
        "Make an API key; the secret is shown once.", status=201,
    ),
    Endpoint(
        "DELETE", "/redoubt/v1/keys/{id}", endpoints.revoke_key, ADMINS, None, bodies.KeyBody,
        "Revoke an API key.",
    ),
    Endpoint(
        "GET", "/redoubt/v1/audit", endpoints.list_entries, AUDITORS, None, bodies.EntryList,
        "Read the audit log, newest first.", ("exchange", "limit", "before", "reveal"),
    ),
    Endpoint(
        "GET", "/redoubt/v1/audit/head", endpoints.head, AUDITORS, None, bodies.HeadBody,
        "Size and root hash of the audit log.",
    ),
    Endpoint(
        "GET", "/redoubt/v1/policies", endpoints.list_policies, ANYONE, None, bodies.PolicyList,
        "The policy in force.",
    ),
    Endpoint(
        "POST", "/redoubt/v1/policies/reload", endpoints.reload_policy, ADMINS, None, bodies.ReloadReply,
        "Read the policy's file anew, test it, and put it in force.",
    ),  # action: policy.write
)  # fmt: skip
"""The whole API; `redoubt.surfaces.gateway.openapi` describes it from here."""


class Management:
    """Answers requests to ``/redoubt/v1/``."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it."""
        gateway = self._gateway
        begun = perf_counter()
        exchange = gateway.new_id()
        decision, api = "allow", "management"
        extra: RawHeaders = ()
        try:
            head = read_head(scope["headers"])
            principal = self._admit(head)
            endpoint, name = find(scope["method"], scope["path"])
            api = endpoint.path
            if principal.role not in endpoint.roles:
                raise RightsError(f"this needs a key of role {' or '.join(endpoint.roles)}")
            asked = await self._read(endpoint, principal, head, scope, receive, exchange, name)
            reply = await endpoint.answer(asked)
            decision = getattr(reply, "decision", "allow")
            status, body = endpoint.status, encode(reply)
        except CallerGoneError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer and the process stays up
            problem = problem_of(error)
            if problem.status in (500, 503):
                complain(f"management request {exchange} failed", error, exchange)
            status, body, extra = problem.status, fault(problem), problem.headers
        await send_whole(send, status, (JSON, *ours(exchange, decision), *extra), body)
        gateway.metrics.answered(api, decision, status, perf_counter() - begun)

    def _admit(self, head: Head) -> Principal:
        key = credential(head)
        if not key:
            raise IdentityError("no API key was sent; send one as 'Authorization: Bearer rdt_...'")
        principal = self._gateway.identity.authenticate(key)
        self._gateway.limits.take(principal)
        return principal

    async def _read(
        self,
        endpoint: Endpoint,
        principal: Principal,
        head: Head,
        scope: Scope,
        receive: Receive,
        exchange: str,
        name: str,
    ) -> Asked:
        body = None
        if endpoint.takes is not None:
            server = self._gateway.settings.server
            data = await read_body(receive, head, limit=server.max_body_bytes, timeout=server.request_timeout)
            body = structured(decode(data), endpoint.takes)
        return Asked(self._gateway, principal, exchange, body, _query(scope, endpoint), name)


def find(method: str, path: str) -> tuple[Endpoint, str]:
    """Return the endpoint for a request, and what ``{id}`` stands for. Raises NotServedError."""
    allowed = []
    for endpoint in ENDPOINTS:
        base, mark, _ = endpoint.path.partition("{id}")
        name = path.removeprefix(base) if mark and path.startswith(base) else ""
        if path == endpoint.path or (mark and name and "/" not in name):
            if endpoint.method == method:
                return endpoint, name
            allowed.append(endpoint.method)
    if allowed:
        raise NotServedError(405, "method_not_allowed", f"this path is served with {', '.join(allowed)} only")
    raise NotServedError(404, "not_found", "there is nothing at this path; see /redoubt/openapi.json")


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
