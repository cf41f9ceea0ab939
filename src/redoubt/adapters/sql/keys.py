"""API keys in a database, held in memory for look-ups that cost microseconds."""

import secrets
from collections.abc import Callable

from sqlalchemy import Engine, insert, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.fresh import Fresh
from redoubt.domain.errors import IdentityError, InputError
from redoubt.domain.principal import Principal
from redoubt.services.identity.interface import KeyInfo, NewKey
from redoubt.services.identity.keys import LENGTH, SHOWN, Digest, mint

WHAT = "the key store"
UNKNOWN = "this API key is not known, has expired or was revoked; `redoubt keys create` makes a new one"


class SqlIdentity:
    """Implements `Identity` over SQLAlchemy."""

    def __init__(
        self,
        engine: Engine,
        *,
        pepper: bytes,
        clock: Callable[[], float],
        random: Callable[[int], bytes] = secrets.token_bytes,
        grace: float = 0.0,
    ) -> None:
        """``grace``: how many seconds longer the keys hold that were read last, while the store is out."""
        self._engine = engine
        self._digest = Digest(pepper)
        self._clock = clock
        self._random = random
        self._known = Fresh[dict[bytes, tuple[KeyInfo, Principal]]](lambda _before: self._fetch(), grace)

    def authenticate(self, credential: str) -> Principal:
        """See `Identity.authenticate`."""
        now = self._clock()
        known = self._known.get(now)
        # The map is asked for a keyed hash that a caller can neither choose nor predict: its timing tells nothing.
        found = known.get(self._digest(credential)) if len(credential) == LENGTH else None
        if found is None:
            raise IdentityError(UNKNOWN)
        info, principal = found
        if info.revoked_at is not None or (info.expires_at is not None and now >= info.expires_at):
            raise IdentityError(UNKNOWN)
        return principal

    def create(
        self,
        *,
        name: str,
        app: str = "default",
        role: str = "developer",
        expires_at: float | None = None,
        per_second: int | None = None,
        per_minute: int | None = None,
    ) -> NewKey:
        """See `Identity.create`."""
        for what, value in (("name", name), ("app", app)):
            if not 1 <= len(value) <= 200 or not value.isprintable():
                raise InputError(f"the {what} of a key must be 1 to 200 printable characters")
        secret = mint(self._random)
        info = KeyInfo(
            id=f"key_{self._random(8).hex()}",
            prefix=secret[:SHOWN],
            name=name,
            app=app,
            role=role,
            created_at=self._clock(),
            expires_at=expires_at,
            per_second=per_second,
            per_minute=per_minute,
        )
        row = {field: getattr(info, field) for field in KeyInfo.__slots__}
        with writing(self._engine, WHAT) as connection:
            connection.execute(insert(schema.api_keys).values(digest=self._digest(secret), **row))
        self._known.forget()
        return NewKey(info, secret)

    def list(self) -> tuple[KeyInfo, ...]:
        """See `Identity.list`."""
        return tuple(info for info, _ in self._fetch().values())

    def revoke(self, key_id: str) -> KeyInfo:
        """See `Identity.revoke`."""
        columns = schema.api_keys.c
        with writing(self._engine, WHAT) as connection:
            connection.execute(
                update(schema.api_keys)
                .where(columns.id == key_id, columns.revoked_at.is_(None))
                .values(revoked_at=self._clock())
            )
        self._known.forget()
        for info in self.list():
            if info.id == key_id:
                return info
        raise InputError("there is no key of that id; `redoubt keys list` shows them")

    def _fetch(self) -> dict[bytes, tuple[KeyInfo, Principal]]:
        fields = KeyInfo.__slots__
        with reading(self._engine, WHAT) as connection:
            rows = connection.execute(
                select(schema.api_keys).order_by(schema.api_keys.c.created_at)
            ).mappings()
            infos = {row["digest"]: KeyInfo(**{field: row[field] for field in fields}) for row in rows}
        return {key: (info, _principal(info)) for key, info in infos.items()}


def _principal(info: KeyInfo) -> Principal:
    limits = (("second", info.per_second), ("minute", info.per_minute))
    return Principal(
        id=info.id,
        name=info.name,
        app=info.app,
        role=info.role,
        limits=tuple((period, amount) for period, amount in limits if amount is not None),
    )
