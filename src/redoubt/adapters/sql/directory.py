"""Changes of who may do what, in a database. Every change holds the one row of `schema.directory` from its first moment to its end."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection, Engine, delete, insert, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.roll import WHAT, read_roll
from redoubt.domain.principal import KEY, OPERATOR_TENANT, Kind, Principal
from redoubt.domain.rights import ADMIN, ALL, ROLES, Grant
from redoubt.services.identity import rules
from redoubt.services.identity.directory import (
    GrantInfo,
    KeyDraft,
    KeyInfo,
    NewKey,
    NotFirstError,
    NotThereError,
    PrincipalDraft,
    PrincipalInfo,
    RoleInfo,
)
from redoubt.services.identity.keys import PREFIXES, SHOWN, Digest, mint
from redoubt.services.identity.roll import Roll, names

OPERATOR = Principal(
    "operator",
    "whoever runs this installation",
    tenant=OPERATOR_TENANT,
    kind=Kind.USER,
    roles=(ADMIN,),
    rights=ALL,
    trusted=True,
    administrator=True,
)
"""Who changes things from the machine itself: who can read the store and the master key needs no key of ours."""
_NO_KEY = "there is no key of that id; `redoubt keys list` shows them"
_NOBODY = "there is no principal of that id; `redoubt principals list` shows them"
_NO_GRANT = "there is no grant of that id; `redoubt principals list` shows them"

Tenants = TypeVar("Tenants", PrincipalInfo, KeyInfo, GrantInfo)
"""What belongs to a tenant."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A change under way: who makes it, how things stood, and where it is written."""

    connection: Connection
    by: Principal
    roll: Roll
    now: float

    def principal(self, id: str) -> PrincipalInfo:
        """Return a principal that who makes the change may see."""
        return self.there(self.roll.principals.get(id), _NOBODY)

    def key(self, id: str) -> KeyInfo:
        """Return a key that who makes the change may see."""
        return self.there(self.roll.keys.get(id), _NO_KEY)

    def there(self, found: Tenants | None, missing: str) -> Tenants:
        """Return what was looked for. Raises NotThereError, and RightsError where it is another tenant's."""
        if found is None:
            raise NotThereError(missing)
        rules.may_see(self.by, found.tenant)
        return found


class SqlDirectory:
    """Implements `Directory` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        pepper: bytes,
        clock: Callable[[], float],
        changed: Callable[[], None] = lambda: None,
        random: Callable[[int], bytes] = secrets.token_bytes,
        by: Principal = OPERATOR,
    ) -> None:
        """Tell ``changed`` of every change that was made."""
        self._engine = engine
        self._pepper = pepper
        self._digest = Digest(pepper)
        self._clock = clock
        self._changed = changed
        self._random = random
        self._by = by

    def on_behalf(self, of: Principal) -> "SqlDirectory":
        """See `Directory.on_behalf`."""
        return SqlDirectory(
            self._engine,
            pepper=self._pepper,
            clock=self._clock,
            changed=self._changed,
            random=self._random,
            by=of,
        )

    def list_principals(self) -> tuple[PrincipalInfo, ...]:
        """See `Directory.list_principals`."""
        return tuple(
            who
            for who in self._read().principals.values()
            if self._reads("principals.read", who.tenant, who.app)
        )

    def make_principal(self, draft: PrincipalDraft, number: str = "") -> PrincipalInfo:
        """See `Directory.make_principal`."""
        with self._change() as change:
            id = self._add_principal(change, draft, number or self._number())
        return self._read().principals[id]

    def change(
        self, principal: str, *, disabled: bool | None = None, trusted: bool | None = None
    ) -> PrincipalInfo:
        """See `Directory.change`."""
        with self._change() as change:
            who = change.principal(principal)
            rules.may_change_principal(change.by, change.roll, who)
            if trusted is not None and trusted != who.trusted:
                rules.may_trust(change.by)
                who = replace(who, trusted=trusted)
            if disabled is not None and disabled != (who.disabled_at is not None):
                who = replace(who, disabled_at=change.now if disabled else None)
            change.connection.execute(
                update(schema.principals)
                .where(schema.principals.c.id == principal)
                .values(trusted=who.trusted, disabled_at=who.disabled_at)
            )
        return who

    def list_groups(self) -> tuple[GrantInfo, ...]:
        """See `Directory.list_groups`."""
        return tuple(info for info in self._read().groups if self._reads("principals.read", info.tenant))

    def grant(self, grant: Grant, *, principal: str = "", group: str = "", number: str = "") -> GrantInfo:
        """See `Directory.grant`."""
        with self._change() as change:
            if principal:
                who = change.principal(principal)
                rules.may_change_principal(change.by, change.roll, who)
                tenant = who.tenant
            else:
                rules.check_name(group, "the name of a group")
                rules.may(change.by, "principals.write")
                tenant = change.by.tenant
            rules.may_grant(change.by, change.roll, grant, tenant)
            info = GrantInfo(
                f"grn_{number or self._number()}", grant, tenant, principal, "" if principal else group
            )
            self._add_grant(change, info)
        return info

    def withdraw(self, grant: str) -> GrantInfo:
        """See `Directory.withdraw`."""
        with self._change() as change:
            info = change.there(rules.grant_of(change.roll, grant), _NO_GRANT)
            if info.principal:
                rules.may_change_principal(change.by, change.roll, change.principal(info.principal))
            else:
                rules.may(change.by, "principals.write")
                rules.may_touch(change.by, change.roll.given(info.grant, info.tenant))
            change.connection.execute(delete(schema.grants).where(schema.grants.c.id == grant))
        return info

    def list_roles(self) -> tuple[RoleInfo, ...]:
        """See `Directory.list_roles`."""
        own = self._read().roles(self._by.tenant)
        built_in = (RoleInfo(name, actions, True) for name, actions in ROLES.items())
        return (*built_in, *(RoleInfo(name, own[name], False) for name in sorted(own)))

    def put_role(self, name: str, actions: tuple[str, ...]) -> RoleInfo:
        """See `Directory.put_role`."""
        with self._change() as change:
            wanted = tuple(dict.fromkeys(actions))
            rules.may_put_role(change.by, change.roll, name, wanted)
            tenant = change.by.tenant
            self._drop_role(change, name)
            change.connection.execute(
                insert(schema.roles).values(tenant=tenant, name=name, actions=" ".join(wanted))
            )
        return RoleInfo(name, wanted, False)

    def delete_role(self, name: str) -> RoleInfo:
        """See `Directory.delete_role`."""
        with self._change() as change:
            role = rules.may_delete_role(change.by, change.roll, name)
            self._drop_role(change, name)
        return role

    def list_keys(self) -> tuple[KeyInfo, ...]:
        """See `Directory.list_keys`."""
        return tuple(
            key for key in self._read().keys.values() if self._reads("keys.read", key.tenant, key.app)
        )

    def make_key(self, principal: str, draft: KeyDraft, number: str = "") -> NewKey:
        """See `Directory.make_key`."""
        with self._change() as change:
            return self._add_key(change, principal, draft, number or self._number())

    def make_service(
        self, draft: PrincipalDraft, key: KeyDraft, number: str = "", *, first: bool = False
    ) -> NewKey:
        """See `Directory.make_service`."""
        number = number or self._number()
        with self._change() as change:
            if first and change.roll.keys:
                raise NotFirstError("there is a key already; `redoubt keys list` shows it")
            id = self._add_principal(change, draft, number)
            with_it, _ = read_roll(change.connection)
            return self._add_key(replace(change, roll=with_it), id, key, number)

    def rotate_key(self, key: str, overlap: float) -> NewKey:
        """See `Directory.rotate_key`."""
        secret = mint(self._random)
        keys = schema.api_keys
        with self._change() as change:
            rules.may_rotate(change.by, change.roll, change.key(key), overlap, change.now)
            change.connection.execute(
                update(keys)
                .where(keys.c.id == key)
                .values(
                    former=keys.c.digest if overlap else None,
                    overlap_until=change.now + overlap if overlap else None,
                    digest=self._digest(secret),
                    prefix=secret[:SHOWN],
                )
            )
        return NewKey(self._read().keys[key], secret)

    def revoke_key(self, key: str) -> KeyInfo:
        """See `Directory.revoke_key`."""
        keys = schema.api_keys
        with self._change() as change:
            rules.may_change_key(change.by, change.roll, change.key(key))
            change.connection.execute(
                update(keys)
                .where(keys.c.id == key, keys.c.revoked_at.is_(None))
                .values(revoked_at=change.now)
            )
        return self._read().keys[key]

    @contextmanager
    def _change(self) -> Iterator[_Change]:
        """Open a change; on leaving, see that there is still an administrator. Whatever is raised undoes it."""
        now = self._clock()
        row = schema.directory
        with writing(self._engine, WHAT) as connection:
            connection.execute(update(row).values(version=row.c.version + 1))
            before, _ = read_roll(connection)
            yield _Change(connection, before.current(self._by, now), before, now)
            after, _ = read_roll(connection)
            rules.keeps_an_admin(before, after, now)
        self._changed()

    def _add_principal(self, change: _Change, draft: PrincipalDraft, number: str) -> str:
        tenant = rules.may_make_principal(change.by, change.roll, draft)
        id = draft.id or f"{PREFIXES[draft.kind]}{number}"
        change.connection.execute(
            insert(schema.principals).values(
                id=id,
                tenant=tenant,
                kind=draft.kind.value,
                name=draft.name,
                app=draft.app,
                trusted=draft.trusted,
                created_at=change.now,
            )
        )
        for grant in draft.grants:
            self._add_grant(change, GrantInfo(f"grn_{self._number()}", grant, tenant, principal=id))
        return id

    def _add_key(self, change: _Change, principal: str, draft: KeyDraft, number: str) -> NewKey:
        who = change.principal(principal)
        rules.may_make_key(change.by, change.roll, who, draft, change.now)
        secret = mint(self._random)
        info = KeyInfo(
            id=f"{KEY}{number}",
            prefix=secret[:SHOWN],
            name=draft.name,
            principal=who.id,
            app=who.app,
            tenant=who.tenant,
            roles=names(info.grant for info in who.grants),
            created_at=change.now,
            scopes=tuple(dict.fromkeys(draft.scopes)),
            addresses=tuple(dict.fromkeys(draft.addresses)),
            expires_at=draft.expires_at,
            per_second=draft.per_second,
            per_minute=draft.per_minute,
        )
        change.connection.execute(
            insert(schema.api_keys).values(
                id=info.id,
                principal=who.id,
                digest=self._digest(secret),
                prefix=info.prefix,
                name=info.name,
                scopes=" ".join(info.scopes),
                addresses=" ".join(info.addresses),
                created_at=info.created_at,
                expires_at=info.expires_at,
                per_second=info.per_second,
                per_minute=info.per_minute,
            )
        )
        return NewKey(info, secret)

    def _add_grant(self, change: _Change, info: GrantInfo) -> None:
        limits = info.grant.limits
        change.connection.execute(
            insert(schema.grants).values(
                id=info.id,
                tenant=info.tenant,
                principal=info.principal,
                group=info.group,
                role=info.grant.role,
                app=limits.app,
                upstream=limits.upstream,
                model=limits.model,
                collection=limits.collection,
                created_at=change.now,
            )
        )

    def _drop_role(self, change: _Change, name: str) -> None:
        columns = schema.roles.c
        change.connection.execute(
            delete(schema.roles).where(columns.tenant == change.by.tenant, columns.name == name)
        )

    def _read(self) -> Roll:
        with reading(self._engine, WHAT) as connection:
            return read_roll(connection)[0]

    def _reads(self, action: str, tenant: str, app: str = "*") -> bool:
        return rules.sees(self._by, tenant) and self._by.rights.allow(action, app=app)

    def _number(self) -> str:
        return self._random(8).hex()
