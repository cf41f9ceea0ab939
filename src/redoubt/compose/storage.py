"""Everything that remembers."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from redoubt.compose.extras import needing
from redoubt.compose.installation import data_dir
from redoubt.compose.limiting import limits
from redoubt.compose.wrapping import keks, master_of
from redoubt.domain.outage import identity_grace
from redoubt.domain.settings import Settings, WhenUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from redoubt.adapters.files.keyring import Keyring
    from redoubt.adapters.sql.tables import State
    from redoubt.pipeline.forgetting import Eraser
    from redoubt.services.audit.evidence import Checkpoints, Prover
    from redoubt.services.audit.forgetting import Forgetting
    from redoubt.services.audit.interface import AuditLog
    from redoubt.services.audit.kek import Rewrapping
    from redoubt.services.audit.lengths import Measuring
    from redoubt.services.audit.reveals import Reveals
    from redoubt.services.fingerprints.interface import Fingerprints
    from redoubt.services.identity.directory import Directory
    from redoubt.services.identity.interface import Identity
    from redoubt.services.identity.sessions import Sessions
    from redoubt.services.limits.interface import Limits
    from redoubt.services.telling.interface import Tail
    from redoubt.services.vault.interface import Vault


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that remembers."""

    audit: "AuditLog"
    prover: "Prover"
    checkpoints: "Checkpoints"
    identity: "Identity"
    directory: "Directory"
    vault: "Vault"
    fingerprints: "Fingerprints"
    forgetting: "Forgetting"
    eraser: "Eraser"
    rewrapping: "Rewrapping"
    reveals: "Reveals"
    sessions: "Sessions | None"
    """Of people who log in with a browser; None where nobody does."""
    tail: "Tail"
    limits: "Limits"
    measuring: "Measuring"
    dispose: Callable[[], None]
    """Close the counters of limits and the database's connections, after the audit log was closed."""


def stores(
    of: Settings, keys: "Keyring", clock: Callable[[], float] = time.time, *, serving: bool = False
) -> Stores:
    """Open the stores that the settings name.

    ``serving``: for a gateway, whose exchanges do what ``[audit] when_unavailable`` says while the store is out; whatever else is done
    fails at once then.
    """
    from redoubt.adapters.sql.audit import SqlAuditLog
    from redoubt.adapters.sql.checkpoints import SqlCheckpoints
    from redoubt.adapters.sql.database import open_database
    from redoubt.adapters.sql.directory import SqlDirectory
    from redoubt.adapters.sql.fingerprints import SqlFingerprints
    from redoubt.adapters.sql.forgetting import SqlForgetting
    from redoubt.adapters.sql.keys import SqlIdentity
    from redoubt.adapters.sql.measuring import SqlMeasuring
    from redoubt.adapters.sql.proving import SqlProver
    from redoubt.adapters.sql.reveals import SqlReveals
    from redoubt.adapters.sql.rewrapping import SqlRewrapping
    from redoubt.adapters.sql.telling import SqlTail
    from redoubt.pipeline.forgetting import Eraser
    from redoubt.pipeline.leaks import person

    database = open_database(
        of.store.url, data_dir(of), of.store.durability, store=of.store, master=master_of(keys)
    )
    subject_key = keys.derive("audit subjects")
    ring = keks(of.audit, keys)
    fingerprints = SqlFingerprints(database, clock=clock)
    kept = vault(of, database, keys.derive("vault"), clock)
    forgetting = SqlForgetting(database, subject_key=subject_key, clock=clock)
    audit = SqlAuditLog(database, keks=ring, subject_key=subject_key)
    identity = SqlIdentity(database, pepper=keys.derive("api keys"), clock=clock, grace=identity_grace(of))
    book = limits(of, database, clock)

    def dispose() -> None:
        book.close()
        database.dispose()

    return Stores(
        audit=enduring(of, keys, audit, clock) if serving else audit,
        identity=identity,
        directory=SqlDirectory(
            database, pepper=keys.derive("api keys"), clock=clock, changed=identity.look_again
        ),
        vault=kept,
        fingerprints=fingerprints,
        forgetting=forgetting,
        rewrapping=SqlRewrapping(database, ring),
        reveals=SqlReveals(database, clock=clock),
        eraser=Eraser(forgetting, kept, fingerprints, partial(person, keys.derive("leaks"))),
        prover=SqlProver(database, audit.head),
        checkpoints=SqlCheckpoints(database),
        sessions=_sessions(of, database, keys, clock),
        tail=SqlTail(database, secrets.token_hex(16), clock),
        limits=book,
        measuring=SqlMeasuring(database),
        dispose=dispose,
    )


def _sessions(
    of: Settings, database: "Engine", keys: "Keyring", clock: Callable[[], float]
) -> "Sessions | None":
    from redoubt.adapters.sql.sessions import SqlSessions

    login = of.identity.login
    if login is None:
        return None
    return SqlSessions(
        database,
        master=keys.derive("login sessions"),
        idle=login.idle_minutes * 60,
        longest=login.max_hours * 3600,
        clock=clock,
    )


def vault(of: Settings, database: "Engine", master: bytes, clock: Callable[[], float] = time.time) -> "Vault":
    """Return the vault: in Redis where the settings name one, else in the database."""
    if not of.store.redis_url:
        from redoubt.adapters.sql.vault import SqlVault

        return SqlVault(database, master=master, ttl=of.store.session_ttl, clock=clock)
    with needing("redis", "redis", what="[store] redis_url"):
        from redoubt.adapters.redis.connection import open_redis
        from redoubt.adapters.redis.vault import RedisVault
    client = open_redis(of.store.redis_url, retries=1)  # everything the vault does may be done twice
    return RedisVault(client, master=master, ttl=of.store.session_ttl)


def enduring(
    of: Settings, keys: "Keyring", audit: "AuditLog", clock: Callable[[], float] = time.time
) -> "AuditLog":
    """Return ``audit`` so that it does what ``[audit] when_unavailable`` says. Raises ServiceError where a spool cannot be opened."""
    from redoubt.services.audit.ids import Uids
    from redoubt.services.entropy import BufferedRandom

    if of.audit.when_unavailable is WhenUnavailable.REFUSE:
        return audit
    random = BufferedRandom()
    uids = Uids(random, clock)
    if of.audit.when_unavailable is WhenUnavailable.WAIT:
        from redoubt.services.audit.waiting import WaitingLog

        return WaitingLog(audit, uids, of.audit.wait_seconds)
    from redoubt.adapters.files.spool import open_spool
    from redoubt.services.audit.spooling import SpoolingLog

    spool = open_spool(data_dir(of), keys.derive("audit spool"), of.audit.spool_bytes, secrets.token_bytes)
    return SpoolingLog(audit, spool, uids)


def schema_state(of: Settings) -> "State":
    """Say which version the database's tables have and what is due; nothing is changed. Raises ConfigError, ServiceError."""
    from redoubt.adapters.sql.database import schema_state as state

    return state(of.store.url, data_dir(of))
