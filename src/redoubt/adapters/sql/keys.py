"""Who comes with a credential, from a database, held in memory for look-ups that cost microseconds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from sqlalchemy import Engine, bindparam, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading, writing
from redoubt.adapters.sql.fresh import Fresh
from redoubt.adapters.sql.roll import WHAT, Digests, read_roll, read_version
from redoubt.domain.errors import NOT_ACCEPTED, IdentityError
from redoubt.domain.principal import Principal
from redoubt.domain.rights import ADMINISTRATOR, resolve
from redoubt.services.identity.addresses import within
from redoubt.services.identity.directory import KeyInfo
from redoubt.services.identity.interface import Outsider
from redoubt.services.identity.keys import Digest, outsider_id, well_formed
from redoubt.services.identity.roll import Roll, names

UNKNOWN = "this API key is not known, has expired or was revoked; `redoubt keys create` makes a new one"
"""Said of every key that opens nothing, also of one that is used from where it may not be: a thief learns nothing."""
USE_SECONDS = 60.0
"""The grain of a key's last use, and the least time between two notes of it."""


class SqlIdentity:
    """Implements `Identity` over SQLAlchemy."""

    def __init__(
        self, engine: Engine, *, pepper: bytes, clock: Callable[[], float], grace: float = 0.0
    ) -> None:
        """``grace``: how many seconds longer what was read last holds, while the store is out."""
        self._engine = engine
        self._digest = Digest(pepper)
        self._clock = clock
        self._fresh = Fresh(self._read, grace)
        self._changed = False
        self._used: dict[str, float] = {}
        self._noted: dict[str, float] = {}

    def authenticate(self, credential: str, address: str = "") -> Principal:
        """See `Identity.authenticate`."""
        if not well_formed(credential):
            raise IdentityError(UNKNOWN, cause="malformed")
        now = self._clock()
        known = self._known(now)
        # The map is asked for a keyed hash that a caller can neither choose nor predict: its timing tells nothing.
        digest = self._digest(credential)
        id = known.digests.now.get(digest) or known.digests.former.get(digest)
        if id is None:
            raise IdentityError(UNKNOWN, cause="unknown")
        key = known.roll.keys[id]
        cause = known.objection(key, former=digest not in known.digests.now, address=address, now=now)
        if cause:
            raise IdentityError(
                UNKNOWN, cause=cause, principal=key.principal, tenant=key.tenant, credential=key.id
            )
        self._used[id] = now
        principal = known.principals.get(id)
        if principal is None:
            principal = known.principals[id] = _principal(key, known.roll)
        return principal

    def resolve(self, outsider: Outsider) -> Principal:
        """See `Identity.resolve`."""
        roll = self._known(self._clock()).roll
        id = outsider_id(self._digest, outsider)
        known = roll.principals.get(id)
        if known is not None and (known.disabled_at is not None or known.tenant != outsider.tenant):
            raise IdentityError(
                NOT_ACCEPTED,
                cause="disabled",
                principal=id,
                tenant=known.tenant,
                credential=outsider.credential,
            )
        grants = [info.grant for info in known.grants] if known else []
        grants.extend(outsider.grants)
        grants.extend(roll.of_group(outsider.tenant, outsider.groups))
        return Principal(
            id=id,
            name=outsider.name,
            app=known.app if known else outsider.app,
            tenant=outsider.tenant,
            kind=outsider.kind,
            roles=names(grants),
            rights=resolve(grants, roll.roles(outsider.tenant)),
            credential=outsider.credential,
            trusted=known is not None and known.trusted,
            administrator=ADMINISTRATOR in grants,
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
        self._changed = True

    def check(self) -> None:
        """Raise ServiceError where the store cannot answer."""
        with reading(self._engine, WHAT) as connection:
            read_version(connection)

    def _known(self, now: float) -> "_Known":
        if self._changed:
            # Told by another thread; what is fresh is this one's.
            self._changed = False
            self._fresh.forget()
        return self._fresh.get(now)

    def _read(self, before: "_Known | None") -> "_Known":
        with reading(self._engine, WHAT) as connection:
            version = read_version(connection)
            if before is not None and version == before.version:
                return before
            return _Known(version, *read_roll(connection))


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read last, and the principals that have come in since."""

    version: int
    roll: Roll
    digests: Digests
    principals: dict[str, Principal] = field(default_factory=dict)
    """By the id of their key."""

    def objection(self, key: KeyInfo, *, former: bool, address: str, now: float) -> str:
        """Return why a key does not open anything; nothing where it does."""
        if key.revoked_at is not None:
            return "revoked"
        if key.expires_at is not None and now >= key.expires_at:
            return "expired"
        if former and (key.overlap_until is None or now >= key.overlap_until):
            return "rotated"
        if self.roll.principals[key.principal].disabled_at is not None:
            return "disabled"
        return "address" if key.addresses and not within(address, key.addresses) else ""


def _principal(key: KeyInfo, roll: Roll) -> Principal:
    who = roll.principals[key.principal]
    limits = (("second", key.per_second), ("minute", key.per_minute))
    return Principal(
        id=who.id,
        name=who.name,
        app=who.app,
        tenant=who.tenant,
        kind=who.kind,
        roles=key.roles,
        rights=roll.rights_of_key(key),
        credential=key.id,
        trusted=who.trusted,
        administrator=any(info.grant == ADMINISTRATOR for info in who.grants),
        limits=tuple((period, amount) for period, amount in limits if amount is not None),
    )
