"""Who comes with a credential, from a database, held in memory for look-ups that cost microseconds."""

from collections.abc import Callable
from math import inf

from sqlalchemy import Engine, bindparam, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.roll import WHAT, Digests, read_roll, read_version
from redoubt.domain.errors import IdentityError
from redoubt.domain.principal import Principal
from redoubt.domain.rights import resolve
from redoubt.services.identity.addresses import within
from redoubt.services.identity.directory import KeyInfo
from redoubt.services.identity.interface import Outsider
from redoubt.services.identity.keys import Digest, outsider_id, well_formed
from redoubt.services.identity.roll import Roll, names

FRESH = 1.0
"""Seconds after which changes are looked for again: how long a revocation may take to be seen."""
UNKNOWN = "this API key is not known, has expired or was revoked; `redoubt keys create` makes a new one"
"""Said of every key that opens nothing, also of one that is used from where it may not be: a thief learns nothing."""
USE_SECONDS = 60.0
"""The grain of a key's last use, and the least time between two notes of it."""


class SqlIdentity:
    """Implements `Identity` over SQLAlchemy."""

    def __init__(self, engine: Engine, *, pepper: bytes, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._digest = Digest(pepper)
        self._clock = clock
        self._looked_at = -inf
        self._version = -1
        self._roll = Roll()
        self._digests = Digests()
        self._principals: dict[str, Principal] = {}
        self._used: dict[str, float] = {}
        self._noted: dict[str, float] = {}

    def authenticate(self, credential: str, address: str = "") -> Principal:
        """See `Identity.authenticate`."""
        if not well_formed(credential):
            raise IdentityError(UNKNOWN, cause="malformed")
        now = self._clock()
        self._look(now)
        # The map is asked for a keyed hash that a caller can neither choose nor predict: its timing tells nothing.
        digest = self._digest(credential)
        id = self._digests.now.get(digest) or self._digests.former.get(digest)
        if id is None:
            raise IdentityError(UNKNOWN, cause="unknown")
        key = self._roll.keys[id]
        cause = self._objection(key, former=digest not in self._digests.now, address=address, now=now)
        if cause:
            raise IdentityError(
                UNKNOWN, cause=cause, principal=key.principal, tenant=key.tenant, credential=key.id
            )
        self._used[id] = now
        principal = self._principals.get(id)
        if principal is None:
            principal = self._principals[id] = self._principal(key)
        return principal

    def resolve(self, outsider: Outsider) -> Principal:
        """See `Identity.resolve`."""
        self._look(self._clock())
        id = outsider_id(self._digest, outsider)
        known = self._roll.principals.get(id)
        if known is not None and (known.disabled_at is not None or known.tenant != outsider.tenant):
            raise IdentityError(
                UNKNOWN, cause="disabled", principal=id, tenant=known.tenant, credential=outsider.credential
            )
        grants = [info.grant for info in known.grants] if known else []
        grants.extend(outsider.grants)
        grants.extend(self._roll.of_group(outsider.tenant, outsider.groups))
        return Principal(
            id=id,
            name=outsider.name,
            app=known.app if known else outsider.app,
            tenant=outsider.tenant,
            kind=outsider.kind,
            roles=names(grants),
            rights=resolve(grants, self._roll.roles(outsider.tenant)),
            credential=outsider.credential,
            trusted=known is not None and known.trusted,
        )

    def note_use(self) -> int:
        """See `Identity.note_use`."""
        used, self._used = self._used, {}
        due = {
            id: at - at % USE_SECONDS
            for id, at in used.items()
            if at - self._noted.get(id, -inf) >= USE_SECONDS
        }
        if not due:
            return 0
        keys = schema.api_keys
        statement = update(keys).where(keys.c.id == bindparam("key")).values(last_used_at=bindparam("at"))
        with writing(self._engine, WHAT) as connection:
            connection.execute(statement, [{"key": id, "at": at} for id, at in sorted(due.items())])
        self._noted.update(due)
        return len(due)

    def look_again(self) -> None:
        """Look for changes at the next request, whenever the last look was: this process has just made one."""
        self._looked_at = -inf

    def check(self) -> None:
        """Raise ServiceError where the store cannot answer."""
        with reading(self._engine, WHAT) as connection:
            read_version(connection)

    def _objection(self, key: KeyInfo, *, former: bool, address: str, now: float) -> str:
        """Return why a key does not open anything; nothing where it does."""
        if key.revoked_at is not None:
            return "revoked"
        if key.expires_at is not None and now >= key.expires_at:
            return "expired"
        if former and (key.overlap_until is None or now >= key.overlap_until):
            return "rotated"
        if self._roll.principals[key.principal].disabled_at is not None:
            return "disabled"
        return "address" if key.addresses and not within(address, key.addresses) else ""

    def _look(self, now: float) -> None:
        """See whether anything has changed."""
        if now - FRESH < self._looked_at <= now:
            return
        with reading(self._engine, WHAT) as connection:
            version = read_version(connection)
            if version != self._version:
                self._roll, self._digests = read_roll(connection)
                self._version = version
                self._principals = {}
        self._looked_at = now

    def _principal(self, key: KeyInfo) -> Principal:
        who = self._roll.principals[key.principal]
        limits = (("second", key.per_second), ("minute", key.per_minute))
        return Principal(
            id=who.id,
            name=who.name,
            app=who.app,
            tenant=who.tenant,
            kind=who.kind,
            roles=key.roles,
            rights=self._roll.rights_of_key(key),
            credential=key.id,
            trusted=who.trusted,
            limits=tuple((period, amount) for period, amount in limits if amount is not None),
        )
