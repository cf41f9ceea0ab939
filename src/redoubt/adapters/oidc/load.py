"""From settings to what verifies tokens and logs people in. Nothing is contacted."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from redoubt.adapters.oidc.issuer import Issuer
from redoubt.adapters.oidc.login import OidcLogin
from redoubt.adapters.oidc.tokens import OidcTokens
from redoubt.domain.settings import IdentitySettings


@dataclass(frozen=True, slots=True)
class Providers:
    """The identity providers of an installation."""

    tokens: OidcTokens
    login: OidcLogin | None


def load_providers(
    of: IdentitySettings,
    key: bytes,
    clock: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
) -> Providers:
    """Return the providers; ``key`` is for logins under way. Raises ConfigError for a CA file that cannot be read."""
    issuers = {each.issuer: Issuer(each, steady) for each in of.issuers}
    login = OidcLogin(of.login, issuers[of.login.issuer], key, clock=clock) if of.login else None
    return Providers(OidcTokens(issuers, clock=clock), login)
