"""What `redoubt doctor` looks at of identity providers and the login."""

import asyncio
from collections.abc import Collection, Iterator

from redoubt import compose
from redoubt.domain.errors import RedoubtError
from redoubt.domain.issuers import IssuerSettings
from redoubt.domain.settings import Settings
from redoubt.surfaces.cli.check import FAIL, OK, WARN, Check

_SEE = "see [[identity.issuers]] in docs/reference.md"


def examine_identity(
    settings: Settings, roles: Collection[str], granted: Collection[str], *, online: bool
) -> Iterator[Check]:
    """Yield the checks. ``roles``: the names there are; ``granted``: groups that the store grants something."""
    identity = settings.identity
    if not identity.issuers:
        return
    try:
        providers = compose.providers(settings, bytes(32))
    except RedoubtError as error:
        yield Check("identity", FAIL, str(error), _SEE)
        return
    failed = asyncio.run(providers.tokens.refresh()) if online and providers else ()
    for issuer in identity.issuers:
        title = f"issuer {issuer.issuer}"
        if trouble := [each for each in failed if each.startswith(f"{issuer.issuer}: ")]:
            yield Check(title, FAIL, trouble[0].removeprefix(f"{issuer.issuer}: "), _SEE)
        else:
            yield _mapping(title, issuer, roles, granted, tried=online)
        yield from _audience(title, issuer, settings)
    yield from _login(settings)


def _mapping(
    title: str, issuer: IssuerSettings, roles: Collection[str], granted: Collection[str], *, tried: bool
) -> Check:
    unknown = sorted({role for given in issuer.roles.values() for role in given} - set(roles))
    if unknown:
        return Check(title, WARN, f"its mapping names roles that there are not: {', '.join(unknown)}", _SEE)
    if not issuer.roles and not granted:
        return Check(
            title,
            WARN,
            "no group is mapped to a role: whoever it vouches for may do nothing",
            'set roles = { "GROUP" = ["ROLE"] }, or grant groups roles',
        )
    seen = "answers" if tried else "not tried; --online does"
    return Check(title, OK, f"{len(issuer.roles)} groups are mapped to roles ({seen})")


def _audience(title: str, issuer: IssuerSettings, settings: Settings) -> Iterator[Check]:
    login = settings.identity.login
    here = login is not None and login.issuer == issuer.issuer
    if not issuer.audience and not here:
        yield Check(title, WARN, "it names no audience and nobody logs in with it: it is of no use", _SEE)
    if login is not None and here and login.client_id in issuer.audience:
        yield Check(
            title,
            WARN,
            "its audience is the login's client_id: ID tokens and tokens of other applications look alike then",
            "register an API of its own at the provider, and name that in audience",
        )


def _login(settings: Settings) -> Iterator[Check]:
    login = settings.identity.login
    if login is None:
        return
    if not login.redirect_uri.startswith("https://"):
        yield Check(
            "login",
            WARN,
            "redirect_uri has no TLS: the session's cookie is not Secure; good for trying on this machine, not more",
            "use https:// in redirect_uri",
        )
        return
    secret = "with a client secret" if login.client_secret else "as a public client (PKCE alone)"
    yield Check("login", OK, f"{login.client_id} at {login.issuer}, {secret}")
