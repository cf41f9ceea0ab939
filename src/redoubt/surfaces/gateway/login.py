"""The pages of the login: to the identity provider, back from it, and out again. All of it is on record."""

import re
from time import perf_counter
from typing import NamedTuple
from urllib.parse import parse_qsl

from redoubt.domain.errors import (
    CallerGoneError,
    IdentityError,
    InputError,
    RightsError,
    ServiceError,
    TokenError,
)
from redoubt.domain.principal import Principal
from redoubt.services.identity.attempts import SECONDS
from redoubt.surfaces.gateway import pages
from redoubt.surfaces.gateway.admission import Admission
from redoubt.surfaces.gateway.asgi import JSON, RawHeaders, Receive, Scope, Send, send_whole
from redoubt.surfaces.gateway.browser import CSRF, check_page, header
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.intake import read_form, read_head
from redoubt.surfaces.gateway.json_body import encode
from redoubt.surfaces.gateway.problems import complain
from redoubt.surfaces.gateway.records import managed
from redoubt.surfaces.gateway.reply_head import ours
from redoubt.surfaces.gateway.visits import Visit, Visits

PATHS = frozenset({"/redoubt/login", "/redoubt/callback", "/redoubt/logout"})
HOME = "/redoubt/v1/me"
"""Where a person goes after a login who did not say where to."""
_LOCAL = re.compile(r"/redoubt/v1/me|/console(?:/[A-Za-z0-9_-]+)*/?")
"""Where a login may lead: pages of ours, one by one. There is no way to write another host in these letters."""
_MAX_QUERY_FIELDS = 16
_MAX_QUERY = 8 * 1024
_MAX_FORM = 4096
_FORM = "application/x-www-form-urlencoded"


class _Reply(NamedTuple):
    status: int
    headers: RawHeaders = ()
    body: bytes = b""


class LoginPages:
    """Answers requests to `PATHS`."""

    def __init__(self, gateway: Gateway, admission: Admission, visits: Visits) -> None:
        self._gateway = gateway
        self._admission = admission
        self._visits = visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it."""
        gateway, begun, exchange = self._gateway, perf_counter(), self._gateway.new_id()
        path: str = scope["path"]
        decision = "allow"
        try:
            reply = await self._serve(scope, receive, exchange)
        except CallerGoneError:
            return
        except (IdentityError, InputError, RightsError) as error:
            decision = "deny"
            status = 403 if isinstance(error, RightsError) else 400
            reply = _Reply(status, (*pages.HTML, self._visits.attempt.clear()), pages.failed(exchange))
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer and the process stays up
            decision = "deny"
            complain(f"login {exchange} failed", error)
            status = 503 if isinstance(error, ServiceError) else 500
            reply = _Reply(status, pages.HTML, pages.unavailable(exchange))
        await send_whole(send, reply.status, (*reply.headers, *ours(exchange, decision)), reply.body)
        gateway.metrics.answered(path, decision, reply.status, perf_counter() - begun)

    async def _serve(self, scope: Scope, receive: Receive, exchange: str) -> _Reply:
        match scope["path"], scope["method"]:
            case "/redoubt/login", "GET":
                return await self._begin(scope)
            case "/redoubt/callback", "GET":
                try:
                    return await self._finish(scope, exchange)
                except (IdentityError, InputError) as error:
                    refused = error if isinstance(error, IdentityError) else TokenError("malformed callback")
                    head = read_head(scope["headers"])
                    await self._admission.refused(refused, scope, head, exchange, "login.refused")
                    raise
            case "/redoubt/logout", "GET":
                return await self._ask(scope)
            case "/redoubt/logout", "POST":
                return await self._leave(scope, receive, exchange)
        raise InputError("this path is not served with this method")

    async def _begin(self, scope: Scope) -> _Reply:
        wanted = _query(scope).get("next", HOME)
        to = wanted if _LOCAL.fullmatch(wanted) else HOME
        begun = await self._visits.login.begin(to)
        return _see(begun.url, self._visits.attempt.set(begun.attempt, int(SECONDS)))

    async def _finish(self, scope: Scope, exchange: str) -> _Reply:
        visits = self._visits
        done = await visits.login.finish(visits.attempt.read(scope), _query(scope))
        principal = visits.identity.resolve(done.who)
        await visits.leave(scope)  # whoever was logged in with this browser, or planted the cookie
        secret = await visits.sessions.begin(done.who, principal.roles)
        try:
            await self._record(principal, scope, exchange, "login")
        except BaseException:
            await visits.sessions.end(secret)
            raise
        return _see(done.to, visits.cookie.set(secret), visits.attempt.clear())

    async def _ask(self, scope: Scope) -> _Reply:
        visit = await self._visits.known(scope)
        body = pages.ask_logout(visit.token) if visit else pages.logged_out()
        return _Reply(200, (*pages.HTML, *(visit.headers if visit else ())), body)

    async def _leave(self, scope: Scope, receive: Receive, exchange: str) -> _Reply:
        visits = self._visits
        form = header(scope, b"content-type").partition(";")[0].strip().lower() == _FORM
        sent = header(scope, CSRF)
        if form:
            body = await read_form(
                receive, limit=_MAX_FORM, timeout=self._gateway.settings.server.request_timeout
            )
            sent = _fields(body).get("csrf", "")
        visit = await visits.known(scope)
        to = ""
        if visit is None:
            await visits.leave(scope)  # of somebody who has been disabled, perhaps
        else:
            await self._check(visit, scope, exchange, sent)
            await visits.sessions.end(visit.secret)
            await self._record(visit.principal, scope, exchange, "logout")
            to = await visits.login.farewell()
        gone = visits.cookie.clear()
        if not form:
            return _Reply(200, (JSON, gone), encode({"next": to or "/redoubt/login"}))
        return _see(to, gone) if to else _Reply(200, (*pages.HTML, gone), pages.logged_out())

    async def _check(self, visit: Visit, scope: Scope, exchange: str, sent: str) -> None:
        visits = self._visits
        try:
            check_page(scope, visits.origin, visits.sessions.token(visits.cookie.read(scope)), sent)
        except RightsError:
            await self._record(visit.principal, scope, exchange, "logout", "deny", "not from a page of ours")
            raise

    async def _record(
        self,
        who: Principal,
        scope: Scope,
        exchange: str,
        event: str,
        decision: str = "allow",
        note: str = "",
    ) -> None:
        address = self._admission.address(scope, read_head(scope["headers"]))
        at = self._gateway.clock()
        await self._gateway.audit.append(
            managed(who, exchange, event, decision, note, at=at, address=address)
        )


def _see(url: str, *headers: tuple[bytes, bytes]) -> _Reply:
    """Return a redirect after which the browser asks with GET (RFC 9110 section 15.4.4)."""
    return _Reply(303, ((b"location", url.encode("ascii")), (b"referrer-policy", b"no-referrer"), *headers))


def _query(scope: Scope) -> dict[str, str]:
    return _fields(scope["query_string"][: _MAX_QUERY + 1])


def _fields(data: bytes) -> dict[str, str]:
    """Return the fields of a query or a form. One that is there twice is refused: two readers would choose differently."""
    try:
        if len(data) > _MAX_QUERY:
            raise ValueError
        pairs = parse_qsl(
            data.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS, errors="strict"
        )
    except ValueError:
        raise InputError("the query or form cannot be read") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InputError("the query or form says something twice")
    return fields
