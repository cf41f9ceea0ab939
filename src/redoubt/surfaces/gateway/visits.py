"""Requests of people who are logged in with a browser."""

from dataclasses import dataclass, field

from redoubt.domain.errors import IdentityError
from redoubt.domain.principal import Principal
from redoubt.services.identity.interface import Identity
from redoubt.services.identity.login import Login
from redoubt.services.identity.sessions import Sessions
from redoubt.services.identity.urls import origin
from redoubt.surfaces.gateway.asgi import RawHeaders, Scope
from redoubt.surfaces.gateway.browser import CSRF, check_page, cookies, header
from redoubt.surfaces.gateway.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is logged in."""

    principal: Principal
    secret: str = field(default="", repr=False)
    """The session's, as its cookie has it now; empty where somebody came with a credential."""
    token: str = field(default="", repr=False)
    """What a page sends back with each change."""
    headers: RawHeaders = ()
    """For the answer: a new cookie where the session has got another secret."""


class Visits:
    """Lets people in by their session."""

    def __init__(self, login: Login, sessions: Sessions, identity: Identity, origin: str) -> None:
        """``origin``: scheme, host and port under which browsers know this gateway."""
        self.login = login
        self.sessions = sessions
        self.identity = identity
        self.origin = origin
        self.cookie, self.attempt = cookies(origin)

    @classmethod
    def of(cls, gateway: Gateway) -> "Visits | None":
        """Return what ``gateway`` lets people in by; None where nobody logs in."""
        settings = gateway.settings.identity.login
        if gateway.login is None or gateway.sessions is None or settings is None:
            return None
        return cls(gateway.login, gateway.sessions, gateway.identity, origin(settings.redirect_uri))

    def bears(self, scope: Scope) -> bool:
        """Tell whether the request brings a session's cookie."""
        return bool(self.cookie.read(scope))

    async def find(self, scope: Scope) -> Visit:
        """Return whose request it is, with the rights of this moment. Raises IdentityError, ServiceError.

        Who has other roles than when the session's secret was made gets another one: what was stolen before is worth nothing more.
        """
        secret = self.cookie.read(scope)
        session = await self.sessions.find(secret)
        principal = self.identity.resolve(self.login.again(session.who))
        if principal.roles == session.roles:
            return Visit(principal, secret, self.sessions.token(secret))
        fresh = await self.sessions.renew(secret, principal.roles)
        return Visit(principal, fresh, self.sessions.token(fresh), (self.cookie.set(fresh),))

    def check(self, scope: Scope) -> None:
        """Let a request through that a page of ours sent. Raises RightsError."""
        # What the page sent follows from the cookie it came with, also where that is being replaced.
        token = self.sessions.token(self.cookie.read(scope))
        check_page(scope, self.origin, token, header(scope, CSRF))

    async def leave(self, scope: Scope) -> None:
        """End the session that the request brings, if it is one."""
        await self.sessions.end(self.cookie.read(scope))

    async def known(self, scope: Scope) -> Visit | None:
        """Return whose request it is, None where nobody is logged in. Raises ServiceError."""
        try:
            return await self.find(scope)
        except IdentityError:
            return None
