"""The port of the login in a browser: to the provider's page, and back with somebody it vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from redoubt.services.identity.interface import Outsider


@dataclass(frozen=True, slots=True)
class Begun:
    """A login under way."""

    url: str
    """Where the browser is sent."""
    attempt: str = field(repr=False)
    """What the browser keeps meanwhile, in a cookie."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A login that came to its end."""

    who: Outsider
    to: str
    """The local path where the person wanted to go."""


class Login(Protocol):
    """Authorization code with PKCE (RFC 6749, RFC 7636; OpenID Connect Core 1.0 section 3.1)."""

    async def begin(self, to: str) -> Begun:
        """Begin a login of somebody who wants to go ``to`` a local path. Raises ServiceError where the provider cannot be reached."""

    async def finish(self, attempt: str, answer: Mapping[str, str]) -> LoggedIn:
        """Understand what the browser brings back: its cookie, and the parameters of the callback.

        Raises TokenError for whatever does not fit together, always with the same public message, and ServiceError where the provider
        cannot be reached.
        """

    async def farewell(self) -> str:
        """Return where the person logs out at the provider, empty where it has no such page."""

    def again(self, who: Outsider) -> Outsider:
        """Return somebody who logged in before with what the mapping gives today."""
