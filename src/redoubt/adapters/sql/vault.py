"""The vault in a database. The tables hold keyed hashes and ciphertexts; each session's entries open only with that session's key."""

import asyncio
import hmac
import secrets
from collections.abc import Callable, Mapping
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, delete, func, insert, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.domain.errors import ServiceError
from redoubt.domain.pseudonym import Alias
from redoubt.services.vault.interface import Scope

WHAT = "the vault"
MAX_ALIASES = 100_000
"""One session holds no more."""
NONCE_BYTES = 12
KEPT_SECONDS = 90 * 24 * 3600.0
"""How long an id of the provider's stays bound to its owner; providers keep answers for 30 days."""


class SqlVault:
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
        self._master = master
        self._ttl = ttl
        self._clock = clock
        self._random = random

    def key(self, scope: Scope) -> bytes:
        """See `Vault.key`."""
        return self._derive(b"pseudonyms", scope)

    async def load(self, scope: Scope) -> tuple[Alias, ...]:
        """See `Vault.load`."""
        return await asyncio.to_thread(self._load, scope)

    async def save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        """See `Vault.save`."""
        await asyncio.to_thread(self._save, scope, aliases)

    async def claim(self, name: str, owner: Scope) -> bool:
        """See `Vault.claim`."""
        return await asyncio.to_thread(self._claim, name, owner)

    async def owns(self, name: str, owner: Scope) -> bool:
        """See `Vault.owns`."""
        return await asyncio.to_thread(self._owns, name, owner)

    async def forget(self, scope: Scope) -> int:
        """See `Vault.forget`."""
        return await asyncio.to_thread(self._forget, scope)

    async def purge(self) -> Mapping[str, int]:
        """See `Vault.purge`."""
        return await asyncio.to_thread(self._purge)

    def _derive(self, purpose: bytes, scope: Scope) -> bytes:
        # Each member is preceded by its length, so that no two scopes can read alike.
        parts = (
            purpose,
            *(part.encode() for part in (scope.tenant, scope.app, scope.principal, scope.session)),
        )
        return hmac.digest(self._master, b"".join(len(p).to_bytes(4, "big") + p for p in parts), sha256)

    def _load(self, scope: Scope) -> tuple[Alias, ...]:
        name = self._derive(b"name", scope)
        columns = schema.aliases.c
        query = (
            select(columns.alias, columns.sealed)
            .join(schema.sessions, schema.sessions.c.scope == columns.scope)
            .where(columns.scope == name, schema.sessions.c.expires_at > self._clock())
            .order_by(columns.position)
        )
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(query).all()
        cipher = AESGCM(self._derive(b"seal", scope))
        try:
            return tuple(
                msgspec.msgpack.decode(
                    cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name + alias), type=Alias
                )
                for alias, sealed in rows
            )
        except (InvalidTag, msgspec.MsgspecError, ValueError) as error:
            raise ServiceError(
                "the vault holds an entry that does not open; it was changed or the key is another"
            ) from error

    def _save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        name, mark = self._derive(b"name", scope), self._derive(b"mark", scope)
        cipher = AESGCM(self._derive(b"seal", scope))
        expires = self._clock() + self._ttl
        sessions, columns = schema.sessions, schema.aliases.c
        with writing(self._engine, WHAT) as connection:
            renewed = connection.execute(
                update(sessions).where(sessions.c.scope == name).values(expires_at=expires)
            ).rowcount
            if not renewed:
                connection.execute(
                    insert(sessions).values(scope=name, tenant=scope.tenant, expires_at=expires)
                )
            held = set(connection.execute(select(columns.alias).where(columns.scope == name)).scalars())
            rows = []
            for alias in aliases:
                key = hmac.digest(mark, alias.pseudonym.encode("utf-8", "surrogatepass"), sha256)
                if key in held:
                    continue
                held.add(key)
                nonce = self._random(NONCE_BYTES)
                sealed = nonce + cipher.encrypt(nonce, msgspec.msgpack.encode(alias), name + key)
                rows.append({"scope": name, "alias": key, "position": len(held), "sealed": sealed})
            if len(held) > MAX_ALIASES:
                raise ServiceError(
                    f"a session of the vault holds at most {MAX_ALIASES} pseudonyms; begin a new session"
                )
            if rows:
                connection.execute(insert(schema.aliases), rows)

    def _claim(self, name: str, owner: Scope) -> bool:
        kept, mark = self._kept(name, owner)
        columns = schema.aliases.c
        with writing(self._engine, WHAT) as connection:
            bound = connection.execute(select(columns.alias).where(columns.scope == kept)).scalar()
            if bound is None:
                expires = self._clock() + KEPT_SECONDS
                connection.execute(
                    insert(schema.sessions).values(scope=kept, tenant=owner.tenant, expires_at=expires)
                )
                connection.execute(
                    insert(schema.aliases).values(scope=kept, alias=mark, position=0, sealed=b"")
                )
        return bound is None or bound == mark

    def _owns(self, name: str, owner: Scope) -> bool:
        kept, mark = self._kept(name, owner)
        columns = schema.aliases.c
        query = select(columns.alias).where(columns.scope == kept, columns.alias == mark)
        with reading(self._engine, WHAT) as connection:
            return connection.execute(query).first() is not None

    def _kept(self, name: str, owner: Scope) -> tuple[bytes, bytes]:
        """Return under what the id is kept, and the mark of its owner: keyed hashes."""
        kept = self._derive(b"kept", Scope(owner.tenant, "", "", name))
        return kept, self._derive(b"owner", Scope(owner.tenant, owner.app, owner.principal, name))

    def _forget(self, scope: Scope) -> int:
        name = self._derive(b"name", scope)
        with writing(self._engine, WHAT) as connection:
            count = connection.execute(delete(schema.aliases).where(schema.aliases.c.scope == name)).rowcount
            connection.execute(delete(schema.sessions).where(schema.sessions.c.scope == name))
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
