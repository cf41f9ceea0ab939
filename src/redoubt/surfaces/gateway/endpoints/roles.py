"""Roles: the built-in ones, and the tenant's own."""

import asyncio

from redoubt.services.identity import rules
from redoubt.services.identity.directory import RoleInfo
from redoubt.surfaces.gateway import rights_bodies as bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach, shown
from redoubt.surfaces.gateway.endpoints.principals import found


async def list_roles(asked: Asked) -> bodies.RoleList:
    """List the roles that can be granted."""
    return bodies.RoleList([_role(each) for each in await asyncio.to_thread(asked.directory.list_roles)])


async def put_role(asked: Asked) -> bodies.RoleBody:
    """Make a role, or say anew what it allows."""
    body: bodies.RoleRequest = asked.body
    return _role(await found(asked.directory.put_role, asked.name, tuple(body.actions)))


async def delete_role(asked: Asked) -> bodies.RoleBody:
    """Delete a role that nobody has."""
    return _role(await found(asked.directory.delete_role, asked.name))


def _role(info: RoleInfo) -> bodies.RoleBody:
    return bodies.RoleBody(info.name, list(info.actions), info.built_in)


def _said(asked: Asked) -> str:
    return f"{_role_name(asked)}: {' '.join(map(shown, asked.body.actions))}"


def _role_name(asked: Asked) -> str:
    return asked.name if rules.ROLE.fullmatch(asked.name) else "?"


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/roles", list_roles, "principals.read", None, bodies.RoleList,
        "List the roles and the actions of each.", reach=Reach.NARROWED,
    ),
    Endpoint(
        "PUT", "/redoubt/v1/roles/{id}", put_role, "roles.write", bodies.RoleRequest, bodies.RoleBody,
        "Make a role, or say anew what it allows.", reach=Reach.TENANT, event="roles.put", note=_said,
    ),
    Endpoint(
        "DELETE", "/redoubt/v1/roles/{id}", delete_role, "roles.write", None, bodies.RoleBody,
        "Delete a role that nobody has.", reach=Reach.TENANT, event="roles.delete", note=_role_name,
    ),
)  # fmt: skip
