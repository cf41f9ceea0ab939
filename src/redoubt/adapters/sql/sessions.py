"""Sessions of people who logged in, in a database: keyed hashes of their secrets, and ciphertexts that open with our key alone."""

import asyncio
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, or_, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.domain.errors import IdentityError, ServiceError
from redoubt.services.identity.interface import Outsider
from redoubt.services.identity.sessions import Session

WHAT = "the session store"
NONE = "nobody is logged in here, or no longer; log in at /redoubt/login"
"""Said of every secret that opens nothing."""
USE_SECONDS = 60.0
"""The grain of a session's last use: so seldom it is written down."""
_SECRET_BYTES = 32
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_ID_BYTES = 8
_NONCE_BYTES = 12


class SqlSessions:
    """Implements `Sessions` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        master: bytes,
        idle: float,
        longest: float,
        clock: Callable[[], float],
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """``idle``, ``longest``: seconds without a request, and in all, after which a session ends."""
        self._engine = engine
        self._pepper, self._pages, seal = (
            hmac.digest(master, purpose, sha256) for purpose in (b"name", b"pages", b"seal")
        )
        self._cipher = AESGCM(seal)
        self._idle = idle
        self._longest = longest
        self._clock = clock
        self._random = random

    async def begin(self, who: Outsider, roles: tuple[str, ...]) -> str:
        """See `Sessions.begin`."""
        return await asyncio.to_thread(self._begin, who, roles)

    async def find(self, secret: str) -> Session:
        """See `Sessions.find`."""
        return await asyncio.to_thread(self._find, secret)

    async def renew(self, secret: str, roles: tuple[str, ...]) -> str:
        """See `Sessions.renew`."""
        return await asyncio.to_thread(self._renew, secret, roles)

    async def end(self, secret: str) -> None:
        """See `Sessions.end`."""
        await asyncio.to_thread(self._end, secret)

    async def purge(self) -> int:
        """See `Sessions.purge`."""
        return await asyncio.to_thread(self._purge)

    def token(self, secret: str) -> str:
        """See `Sessions.token`."""
        return _text(hmac.digest(self._pages, secret.encode("utf-8", "replace"), sha256))

    def _begin(self, who: Outsider, roles: tuple[str, ...]) -> str:
        ends_at = self._clock() + self._longest
        with writing(self._engine, WHAT) as connection:
            return self._add(connection, who, roles, ends_at)

    def _find(self, secret: str) -> Session:
        digest, now, table = self._digest(secret), self._clock(), schema.login_sessions.c
        with reading(self._engine, WHAT) as connection:
            row = connection.execute(
                select(table.sealed, table.used_at).where(table.digest == digest, ~self._ended(now))
            ).first()
        if row is None:
            raise IdentityError(NONE, cause="session: none or ended")
        if now - row.used_at >= min(USE_SECONDS, self._idle / 4):
            with writing(self._engine, WHAT) as connection:
                connection.execute(
                    update(schema.login_sessions).where(table.digest == digest).values(used_at=now)
                )
        return self._open(digest, row.sealed)

    def _renew(self, secret: str, roles: tuple[str, ...]) -> str:
        session, digest = self._find(secret), self._digest(secret)
        with writing(self._engine, WHAT) as connection:
            gone = connection.execute(
                delete(schema.login_sessions).where(schema.login_sessions.c.digest == digest)
            )
            if not gone.rowcount:  # logged out, or renewed by another request, in this moment
                raise IdentityError(NONE, cause="session: none or ended")
            return self._add(connection, session.who, roles, session.ends_at)

    def _end(self, secret: str) -> None:
        if not _SECRET.fullmatch(secret):
            return
        with writing(self._engine, WHAT) as connection:
            connection.execute(
                delete(schema.login_sessions).where(schema.login_sessions.c.digest == self._digest(secret))
            )

    def _purge(self) -> int:
        with writing(self._engine, WHAT) as connection:
            return connection.execute(
                delete(schema.login_sessions).where(self._ended(self._clock()))
            ).rowcount

    def _add(self, connection: Connection, who: Outsider, roles: tuple[str, ...], ends_at: float) -> str:
        secret = _text(self._random(_SECRET_BYTES))
        digest = self._digest(secret)
        nonce = self._random(_NONCE_BYTES)
        data = msgspec.msgpack.encode(Session(who, roles, ends_at))
        connection.execute(
            insert(schema.login_sessions).values(
                digest=digest,
                sealed=nonce + self._cipher.encrypt(nonce, data, digest),
                used_at=self._clock(),
                ends_at=ends_at,
            )
        )
        return secret

    def _open(self, digest: bytes, sealed: bytes) -> Session:
        try:
            data = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], digest)
            session = msgspec.msgpack.decode(data, type=Session)
        except (InvalidTag, msgspec.MsgspecError, ValueError) as error:
            raise ServiceError(
                "the session store holds an entry that does not open; it was changed or the key is another"
            ) from error
        return replace(session, who=replace(session.who, credential=f"ses_{digest[:_ID_BYTES].hex()}"))

    def _ended(self, now: float) -> ColumnElement[bool]:
        table = schema.login_sessions.c
        return or_(table.ends_at <= now, table.used_at <= now - self._idle)

    def _digest(self, secret: str) -> bytes:
        if not _SECRET.fullmatch(secret):
            raise IdentityError(NONE, cause="session: malformed")
        return hmac.digest(self._pepper, secret.encode(), sha256)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
