"""Reads everybody, and what each may do, out of a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from redoubt.adapters.sql import schema
from redoubt.domain.principal import Kind
from redoubt.domain.rights import Grant, Limits
from redoubt.services.identity.directory import GrantInfo, KeyInfo, PrincipalInfo
from redoubt.services.identity.roll import Roll, names

WHAT = "the directory of principals and keys"


@dataclass(frozen=True, slots=True)
class Digests:
    """Which key each secret opens, by the secret's keyed hash."""

    now: Mapping[bytes, str] = field(default_factory=dict)
    former: Mapping[bytes, str] = field(default_factory=dict)
    """Secrets from before a rotation."""


def read_version(connection: Connection) -> int:
    """Return the number that moves with every change of the directory."""
    return int(connection.execute(select(schema.directory.c.version)).scalar_one())


def read_roll(connection: Connection) -> tuple[Roll, Digests]:
    """Return everybody, and what opens their keys."""
    # Keys first: whoever has one that is committed by now is there when principals, which are never deleted, are read.
    rows = connection.execute(_in_order(schema.api_keys)).all()
    grants = [_grant(row) for row in connection.execute(_in_order(schema.grants))]
    by_principal: dict[str, list[GrantInfo]] = {}
    for info in grants:
        if info.principal:
            by_principal.setdefault(info.principal, []).append(info)
    principals = {
        row.id: PrincipalInfo(
            id=row.id,
            name=row.name,
            kind=Kind(row.kind),
            app=row.app,
            tenant=row.tenant,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            trusted=row.trusted,
            grants=tuple(by_principal.get(row.id, ())),
        )
        for row in connection.execute(_in_order(schema.principals))
    }
    roll = Roll(
        principals,
        tuple(info for info in grants if info.group),
        {
            (row.tenant, row.name): tuple(row.actions.split())
            for row in connection.execute(select(schema.roles))
        },
        {row.id: _key(row, principals[row.principal]) for row in rows},
    )
    former = {row.former: row.id for row in rows if row.former is not None}
    return roll, Digests({row.digest: row.id for row in rows}, former)


def _in_order(table: Any) -> Any:
    return select(table).order_by(table.c.created_at, table.c.id)


def _grant(row: Row[Any]) -> GrantInfo:
    limits = Limits(row.app, row.upstream, row.model, row.collection)
    return GrantInfo(row.id, Grant(row.role, limits), row.tenant, row.principal, row.group)


def _key(row: Row[Any], who: PrincipalInfo) -> KeyInfo:
    return KeyInfo(
        id=row.id,
        prefix=row.prefix,
        name=row.name,
        principal=row.principal,
        app=who.app,
        tenant=who.tenant,
        roles=names(info.grant for info in who.grants),
        created_at=row.created_at,
        scopes=tuple(row.scopes.split()),
        addresses=tuple(row.addresses.split()),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        overlap_until=row.overlap_until,
        last_used_at=row.last_used_at,
        per_second=row.per_second,
        per_minute=row.per_minute,
    )
