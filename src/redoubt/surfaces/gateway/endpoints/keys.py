"""API keys."""

import asyncio

from redoubt.domain.rights import Grant
from redoubt.services.identity.directory import KeyDraft, KeyInfo, PrincipalDraft
from redoubt.surfaces.gateway import rights_bodies as bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach, shown
from redoubt.surfaces.gateway.endpoints.principals import found


async def list_keys(asked: Asked) -> bodies.KeyList:
    """List the keys that the caller may see, revoked and expired ones too."""
    return bodies.KeyList([_key(info) for info in await asyncio.to_thread(asked.directory.list_keys)])


async def create_key(asked: Asked) -> bodies.NewKeyBody:
    """Make a key for a principal, or, where none is named, for a service of its own that is made with it."""
    body: bodies.KeyRequest = asked.body
    directory = asked.directory
    principal = body.principal
    draft = KeyDraft(
        name=body.name,
        scopes=tuple(body.scopes),
        addresses=tuple(body.addresses),
        expires_at=body.expires_at,
        per_second=body.per_second,
        per_minute=body.per_minute,
    )
    if principal is None:
        owner = PrincipalDraft(body.name, app=body.app, grants=(Grant(body.role),))
        made = await asyncio.to_thread(directory.make_service, owner, draft, asked.number)
    else:
        made = await asyncio.to_thread(directory.make_key, principal, draft, asked.number)
    return bodies.NewKeyBody(_key(made.info), made.secret)


async def rotate_key(asked: Asked) -> bodies.NewKeyBody:
    """Give a key a new secret; the old one works on for the overlap."""
    body: bodies.RotateRequest = asked.body
    made = await found(asked.directory.rotate_key, asked.name, body.overlap)
    return bodies.NewKeyBody(_key(made.info), made.secret)


async def revoke_key(asked: Asked) -> bodies.KeyBody:
    """Revoke a key."""
    return _key(await found(asked.directory.revoke_key, asked.name))


def _made(asked: Asked) -> str:
    return f"key_{asked.number} of {shown(asked.body.principal or f'svc_{asked.number}')}"


def _key(info: KeyInfo) -> bodies.KeyBody:
    return bodies.KeyBody(
        id=info.id,
        prefix=info.prefix,
        name=info.name,
        principal=info.principal,
        app=info.app,
        tenant=info.tenant,
        roles=list(info.roles),
        scopes=list(info.scopes),
        addresses=list(info.addresses),
        created_at=info.created_at,
        expires_at=info.expires_at,
        revoked_at=info.revoked_at,
        overlap_until=info.overlap_until,
        last_used_at=info.last_used_at,
        per_second=info.per_second,
        per_minute=info.per_minute,
    )


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/keys", list_keys, "keys.read", None, bodies.KeyList,
        "List the API keys.", reach=Reach.NARROWED, event="keys.list",
    ),
    Endpoint(
        "POST", "/redoubt/v1/keys", create_key, "keys.write", bodies.KeyRequest, bodies.NewKeyBody,
        "Make an API key; the secret is shown once.", status=201, reach=Reach.NARROWED, event="keys.create",
        note=_made,
    ),
    Endpoint(
        "POST", "/redoubt/v1/keys/{id}/rotate", rotate_key, "keys.write", bodies.RotateRequest, bodies.NewKeyBody,
        "Give an API key a new secret, shown once; the old one works on for the overlap.", reach=Reach.NARROWED,
        event="keys.rotate",
    ),
    Endpoint(
        "DELETE", "/redoubt/v1/keys/{id}", revoke_key, "keys.write", None, bodies.KeyBody,
        "Revoke an API key.", reach=Reach.NARROWED, event="keys.revoke",
    ),
)  # fmt: skip
