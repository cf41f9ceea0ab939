"""Doors that tokens of a test's provider knock at."""

import asyncio
import time
from typing import Any

import pytest

from redoubt.adapters.oidc.issuer import Issuer
from redoubt.adapters.oidc.tokens import OidcTokens
from redoubt.domain.errors import TokenError
from redoubt.domain.issuers import IssuerSettings
from redoubt.services.identity.interface import Outsider
from tests.issuer import API, Provider


class Clock:
    """Two clocks that a test can move."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def steady(self) -> float:
        return time.monotonic() + self.ahead


def settings(provider: Provider, **more: Any) -> IssuerSettings:
    roles = {"sec-admins": ("admin",), "staff": ("developer", "auditor")}
    return IssuerSettings(provider.issuer, (API,), roles=roles, apps={"staff": "desk"}, **more)


def tokens(*of: IssuerSettings, clock: Clock | None = None) -> OidcTokens:
    clock = clock or Clock()
    return OidcTokens({one.issuer: Issuer(one, clock.steady) for one in of}, clock=clock.now)


def who(provider: Provider, token: str, **more: Any) -> Outsider:
    return asyncio.run(tokens(settings(provider, **more)).verify(token))


def why(provider: Provider, token: str, **more: Any) -> str:
    with pytest.raises(TokenError) as caught:
        who(provider, token, **more)
    assert str(caught.value) == str(TokenError("x"))  # all read alike
    return caught.value.cause.removeprefix("token: ")
