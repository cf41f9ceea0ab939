"""Principals and their grants."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from redoubt.domain.principal import Kind
from redoubt.domain.rights import Grant, Limits
from redoubt.services.identity.directory import GrantInfo, NotThereError, PrincipalDraft, PrincipalInfo
from redoubt.services.identity.keys import PREFIXES
from redoubt.surfaces.gateway import rights_bodies as bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach, shown
from redoubt.surfaces.gateway.problems import NotServedError

P = ParamSpec("P")
T = TypeVar("T")


async def found(change: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Change what the path names, in a thread; what is not there is not served (404)."""
    try:
        return await asyncio.to_thread(change, *arguments, **named)
    except NotThereError as error:
        raise NotServedError(404, "not_found", str(error)) from None


async def me(asked: Asked) -> bodies.Me:
    """Say who asks, and what it may do."""
    who = asked.principal
    rights = sorted(who.rights.held, key=lambda right: (right.action, right.limits.app, right.limits.model))
    return bodies.Me(
        id=who.id,
        name=who.name,
        kind=who.kind.value,
        app=who.app,
        tenant=who.tenant,
        roles=list(who.roles),
        credential=who.credential,
        may_name_end_user=who.trusted,
        csrf=asked.csrf,
        rights=[bodies.RightBody(right.action, *right.limits.place) for right in rights],
    )


async def list_principals(asked: Asked) -> bodies.PrincipalList:
    """List the principals that the caller may see, with their grants, and the grants of groups."""
    directory = asked.directory
    everybody = await asyncio.to_thread(directory.list_principals)
    groups = await asyncio.to_thread(directory.list_groups)
    return bodies.PrincipalList([_principal(each) for each in everybody], [_grant(each) for each in groups])


async def create_principal(asked: Asked) -> bodies.PrincipalBody:
    """Make a principal."""
    body: bodies.PrincipalRequest = asked.body
    draft = PrincipalDraft(
        name=body.name,
        kind=Kind(body.kind),
        app=body.app,
        tenant=body.tenant,
        trusted=body.may_name_end_user,
        grants=tuple(map(_wanted, body.grants)),
        id=body.id,
    )
    return _principal(await asyncio.to_thread(asked.directory.make_principal, draft, asked.number))


async def change_principal(asked: Asked) -> bodies.PrincipalBody:
    """Disable or enable a principal; say whether it may name its end users."""
    body: bodies.PrincipalChange = asked.body
    return _principal(
        await found(
            asked.directory.change, asked.name, disabled=body.disabled, trusted=body.may_name_end_user
        )
    )


async def create_grant(asked: Asked) -> bodies.GrantBody:
    """Give a principal or a group a role."""
    body: bodies.GrantTo = asked.body
    limits = Limits(body.app, body.upstream, body.model, body.collection)
    made = await asyncio.to_thread(
        asked.directory.grant,
        Grant(body.role, limits),
        principal=body.principal,
        group=body.group,
        number=asked.number,
    )
    return _grant(made)


async def delete_grant(asked: Asked) -> bodies.GrantBody:
    """Take a grant back."""
    return _grant(await found(asked.directory.withdraw, asked.name))


def _wanted(body: bodies.GrantRequest) -> Grant:
    return Grant(body.role, Limits(body.app, body.upstream, body.model, body.collection))


def _grant(info: GrantInfo) -> bodies.GrantBody:
    return bodies.GrantBody(info.id, info.principal, info.group, info.grant.role, *info.grant.limits.place)


def _principal(info: PrincipalInfo) -> bodies.PrincipalBody:
    return bodies.PrincipalBody(
        id=info.id,
        name=info.name,
        kind=info.kind.value,
        app=info.app,
        tenant=info.tenant,
        created_at=info.created_at,
        disabled_at=info.disabled_at,
        may_name_end_user=info.trusted,
        grants=[_grant(each) for each in info.grants],
    )


def _made(asked: Asked) -> str:
    body: bodies.PrincipalRequest = asked.body
    id = shown(body.id) if body.id else f"{PREFIXES[Kind(body.kind)]}{asked.number}"
    return " ".join((id, *(shown(grant.role) for grant in body.grants)))


def _changed(asked: Asked) -> str:
    body: bodies.PrincipalChange = asked.body
    said = (("disabled", body.disabled), ("may_name_end_user", body.may_name_end_user))
    return " ".join((shown(asked.name), *(f"{what}={value}" for what, value in said if value is not None)))


def _given(asked: Asked) -> str:
    body: bodies.GrantTo = asked.body
    return (
        f"grn_{asked.number}: {shown(body.role)} to {shown(body.principal) if body.principal else 'a group'}"
    )


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/me", me, "", None, bodies.Me,
        "Who asks, and what it may do.", reach=Reach.OWN,
    ),
    Endpoint(
        "GET", "/redoubt/v1/principals", list_principals, "principals.read", None, bodies.PrincipalList,
        "List the principals and who has which role.", reach=Reach.NARROWED, event="principals.list",
    ),
    Endpoint(
        "POST", "/redoubt/v1/principals", create_principal, "principals.write", bodies.PrincipalRequest,
        bodies.PrincipalBody, "Make a principal.", status=201, reach=Reach.NARROWED, event="principals.create",
        note=_made,
    ),
    Endpoint(
        "PATCH", "/redoubt/v1/principals/{id}", change_principal, "principals.write", bodies.PrincipalChange,
        bodies.PrincipalBody, "Disable or enable a principal; let it name its end users or not.",
        reach=Reach.NARROWED, event="principals.change", note=_changed,
    ),
    Endpoint(
        "POST", "/redoubt/v1/grants", create_grant, "principals.write", bodies.GrantTo, bodies.GrantBody,
        "Give a principal or a group a role.", status=201, reach=Reach.NARROWED, event="grants.create", note=_given,
    ),
    Endpoint(
        "DELETE", "/redoubt/v1/grants/{id}", delete_grant, "principals.write", None, bodies.GrantBody,
        "Take a grant back.", reach=Reach.NARROWED, event="grants.delete",
    ),
)  # fmt: skip
