"""The vault in a database. The tables hold keyed hashes and ciphertexts; each session's entries open only with that session's key."""

import asyncio
import secrets
from collections.abc import Callable, Mapping

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.domain.pseudonym import Alias
from redoubt.services.vault.blocking import BlockingVault
from redoubt.services.vault.interface import Scope
from redoubt.services.vault.sealing import KEPT_SECONDS, Sealing, check_size

WHAT = "the vault"


class SqlVault(BlockingVault):
    """Implements `Vault` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        master: bytes,
        ttl: float,
        clock: Callable[[], float],
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._engine = engine
        super().__init__(Sealing(master, random))
        self._ttl = ttl
        self._clock = clock

    async def purge(self) -> Mapping[str, int]:
        """See `Vault.purge`."""
        return await asyncio.to_thread(self._purge)

    def _load(self, scope: Scope) -> tuple[Alias, ...]:
        session = self._sealing.session(scope)
        columns = schema.aliases.c
        query = (
            select(columns.alias, columns.sealed)
            .join(schema.sessions, schema.sessions.c.scope == columns.scope)
            .where(columns.scope == session.name, schema.sessions.c.expires_at > self._clock())
            .order_by(columns.position)
        )
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(query).all()
        return tuple(session.open(mark, sealed) for mark, sealed in rows)

    def _save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        session = self._sealing.session(scope)
        name = session.name
        expires = self._clock() + self._ttl
        columns = schema.aliases.c
        with writing(self._engine, WHAT) as connection:
            # This locks the session's row, so that two gateways add to one session in turn.
            owner = self._sealing.person(scope.tenant, scope.subject) if scope.subject else None
            new = self._new_session(name, scope.tenant, expires, owner)
            connection.execute(
                new.on_conflict_do_update(
                    index_elements=["scope"],
                    set_={"expires_at": expires} | ({"owner": owner} if owner is not None else {}),
                )
            )
            held = set(connection.execute(select(columns.alias).where(columns.scope == name)).scalars())
            rows = []
            for alias in aliases:
                mark = session.mark(alias)
                if mark in held:
                    continue
                held.add(mark)
                sealed = session.seal(mark, alias)
                rows.append({"scope": name, "alias": mark, "position": len(held), "sealed": sealed})
            check_size(len(held))
            if rows:
                connection.execute(insert(schema.aliases), rows)

    def _claim(self, name: str, owner: Scope) -> bool:
        kept, mark = self._sealing.claim(name, owner)
        columns = schema.aliases.c
        with writing(self._engine, WHAT) as connection:
            # Of two that come at once one waits here for the other's transaction, and then finds its row.
            new = self._new_session(kept, owner.tenant, self._clock() + KEPT_SECONDS)
            first = new.on_conflict_do_nothing().returning(schema.sessions.c.scope)
            if connection.execute(first).first() is not None:
                connection.execute(
                    insert(schema.aliases).values(scope=kept, alias=mark, position=0, sealed=b"")
                )
                return True
            bound = connection.execute(select(columns.alias).where(columns.scope == kept)).scalar()
        return bound == mark

    def _new_session(
        self, name: bytes, tenant: str, expires: float, owner: bytes | None = None
    ) -> sqlite.Insert | postgresql.Insert:
        into = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        return into(schema.sessions).values(scope=name, tenant=tenant, expires_at=expires, owner=owner)

    def _owns(self, name: str, owner: Scope) -> bool:
        kept, mark = self._sealing.claim(name, owner)
        columns = schema.aliases.c
        query = select(columns.alias).where(columns.scope == kept, columns.alias == mark)
        with reading(self._engine, WHAT) as connection:
            return connection.execute(query).first() is not None

    def _forget(self, scope: Scope) -> int:
        name = self._sealing.session(scope).name
        with writing(self._engine, WHAT) as connection:
            count = connection.execute(delete(schema.aliases).where(schema.aliases.c.scope == name)).rowcount
            connection.execute(delete(schema.sessions).where(schema.sessions.c.scope == name))
        return count

    def _forget_person(self, tenant: str, subject: str) -> int:
        sessions, aliases = schema.sessions.c, schema.aliases
        theirs = sessions.owner == self._sealing.person(tenant, subject)
        with writing(self._engine, WHAT) as connection:
            scopes = select(sessions.scope).where(theirs)
            count = connection.execute(delete(aliases).where(aliases.c.scope.in_(scopes))).rowcount
            connection.execute(delete(schema.sessions).where(theirs))
        return count

    def _purge(self) -> Mapping[str, int]:
        sessions, aliases = schema.sessions, schema.aliases
        expired = sessions.c.expires_at <= self._clock()
        with writing(self._engine, WHAT) as connection:
            gone = connection.execute(
                select(sessions.c.tenant, func.count(aliases.c.alias))
                .join(aliases, aliases.c.scope == sessions.c.scope)
                .where(expired)
                .group_by(sessions.c.tenant)
            ).all()
            connection.execute(
                delete(aliases).where(aliases.c.scope.in_(select(sessions.c.scope).where(expired)))
            )
            connection.execute(delete(sessions).where(expired))
        return {row[0]: row[1] for row in gone}
