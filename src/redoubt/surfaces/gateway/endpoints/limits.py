"""The limits, and how they stand for whoever asks."""

import asyncio
from collections.abc import Mapping

from redoubt.domain.errors import RightsError
from redoubt.domain.limits import LimitUnit, money
from redoubt.domain.principal import Principal
from redoubt.services.limits.interface import Use
from redoubt.surfaces.gateway import bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach
from redoubt.surfaces.gateway.problems import NotServedError

_OTHERS = ("key", "principal", "app")


async def list_limits(asked: Asked) -> bodies.LimitList:
    """Say how the limits stand for the caller, or for others of its tenant. Reading them takes nothing."""
    who = asked.principal
    others = {name: asked.query[name] for name in _OTHERS if asked.query.get(name)}
    if others:
        if not who.rights.allow("principals.read"):
            raise RightsError("this needs the right 'principals.read', to see how limits stand for others")
        await asyncio.to_thread(_find, asked, others)
        who = Principal(
            others.get("principal", who.id),
            "",
            others.get("app", who.app),
            tenant=who.tenant,
            credential=others.get("key", who.credential),
        )
    uses = await asked.gateway.limits.uses(who, asked.query.get("model", ""))
    currency = asked.gateway.settings.price_list.currency
    return bodies.LimitList([_body(use, currency) for use in uses])


def _find(asked: Asked, others: Mapping[str, str]) -> None:
    """Look for the principal or the key that is asked about; raises NotServedError where it is not there for the caller."""
    if asked.principal.sees_all_tenants:
        return
    directory = asked.directory
    principal, key = others.get("principal"), others.get("key")
    if (principal and all(each.id != principal for each in directory.list_principals())) or (
        key and all(each.id != key for each in directory.list_keys())
    ):
        raise NotServedError(404, "not_found", "there is no principal or key of that id, or not for you")


def _body(use: Use, currency: str) -> bodies.LimitBody:
    limit = use.limit
    most = limit.burst or limit.amount

    def said(units: int) -> str:
        return money(units) if limit.unit is LimitUnit.COST else str(units)

    return bodies.LimitBody(
        id=limit.id,
        scope=limit.scope.value,
        unit=limit.unit.value,
        amount=said(limit.amount),
        per=limit.per.value if limit.per else "",
        burst=said(limit.burst) if limit.burst else "",
        match={scope.value: list(globs) for scope, globs in limit.match},
        shadow=limit.shadow,
        used=said(most - use.standing.left),
        left=said(max(0, use.standing.left)),
        free_in=use.standing.reset_ms / 1000,
        currency=currency if limit.unit is LimitUnit.COST else "",
    )


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/limits", list_limits, "limits.read", None, bodies.LimitList,
        "The limits, and how they stand for the caller or for others.", ("model", *_OTHERS), reach=Reach.OWN,
    ),
)  # fmt: skip
