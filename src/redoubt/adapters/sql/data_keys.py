"""The keys that texts are sealed with: one for each person and month, wrapped in the database and, for a time, ready in memory."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.appending import StoredKey, Transaction
from redoubt.adapters.sql.database import reading
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit.kek import KekRing
from redoubt.services.audit.sealing import KEY_BYTES, period

KEPT_KEYS = 10_000
"""Data keys held ready in memory."""
NAME_BYTES = 32

About = tuple[str, str, str]
"""Tenant, subject and period of a data key."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key that is ready to seal."""

    name: bytes
    cipher: AESGCM


@dataclass(frozen=True, slots=True)
class _Ready:
    """A data key that was read, or made, before the transaction."""

    stored: StoredKey
    key: DataKey
    is_new: bool


def owner_of(owner_key: bytes, tenant: str, subject: str) -> bytes:
    """Return the keyed hash under which the data keys of a subject are kept."""
    return hmac.digest(owner_key, f"{tenant}\0{subject}".encode("utf-8", "surrogatepass"), sha256)


class DataKeys:
    """The data keys of one writer. What fetches or wraps a key may ask another machine: that is done before a transaction begins."""

    def __init__(
        self, engine: Engine, what: str, keks: KekRing, owner_key: bytes, random: Callable[[int], bytes]
    ) -> None:
        self._engine, self._what = engine, what
        self._keks, self._owner_key, self._random = keks, owner_key, random
        self._generation = -1
        self._kept: dict[About, DataKey] = {}
        self._fresh: dict[About, DataKey] = {}
        self._ready: dict[About, _Ready] = {}

    def prepare(self, abouts: Iterable[About]) -> dict[About, ServiceError]:
        """Fetch or make the data keys that memory lacks of ``abouts``; return those that cannot be had, and why."""
        self._fresh.clear()
        self._ready.clear()
        missing = {about for about in abouts if about not in self._kept}
        failed: dict[About, ServiceError] = {}
        if not missing:
            return failed
        stored = {about: self._fetch(about) for about in missing}
        for about, key in stored.items():
            try:
                self._ready[about] = self._made() if key is None else self._opened(key)
            except ServiceError as error:
                failed[about] = error
        return failed

    def check(self, transaction: Transaction) -> None:
        """Let go of the keys in memory where any was destroyed since they were read."""
        generation = transaction.generation()
        if generation != self._generation:
            self._kept.clear()
            self._generation = generation

    def of(self, transaction: Transaction, about: About) -> DataKey:
        """Return the key that seals what is ``about`` somebody. Raises ServiceError."""
        key = self._kept.get(about) or self._fresh.get(about)
        if key is None:
            key = self._fresh[about] = self._settled(transaction, about)
        return key

    def keep(self) -> None:
        """Hold on to the keys of a transaction that was committed: only now are they sure to be in the database."""
        if len(self._kept) > KEPT_KEYS:
            self._kept.clear()
        self._kept.update(self._fresh)

    def forget(self) -> None:
        """Let go of all keys in memory."""
        self._kept.clear()

    def _fetch(self, about: About) -> StoredKey | None:
        tenant, subject, month = about
        keys = schema.data_keys.c
        query = select(keys.subject, keys.kek, keys.wrapped).where(
            keys.owner == owner_of(self._owner_key, tenant, subject), keys.period == month
        )
        with reading(self._engine, self._what) as connection:
            row = connection.execute(query).first()
        return None if row is None else StoredKey(bytes(row[0]), row[1], bytes(row[2]))

    def _settled(self, transaction: Transaction, about: About) -> DataKey:
        """Return the key that the database holds now, which may be another than the one that was there before the transaction."""
        tenant, subject, month = about
        owner = owner_of(self._owner_key, tenant, subject)
        ready = self._ready.pop(about, None)
        stored = transaction.data_key(owner, month)
        if stored is None:
            # One that was read and is gone was destroyed meanwhile: it must not come back.
            made = ready if ready is not None and ready.is_new else self._made()
            transaction.add_data_key(made.stored, owner, month)
            stored, ready = transaction.data_key(owner, month) or made.stored, made
        if ready is not None and ready.stored.subject == stored.subject:
            return ready.key
        return self._opened(stored).key

    def _opened(self, stored: StoredKey) -> _Ready:
        try:
            key = self._keks.unwrap(stored.kek, stored.wrapped)
        except ValueError as error:
            raise ServiceError(f"the audit log: {error}") from error
        return _Ready(stored, DataKey(stored.subject, AESGCM(key)), is_new=False)

    def _made(self) -> _Ready:
        key, name = self._random(KEY_BYTES), self._random(NAME_BYTES)
        kek = self._keks.current
        return _Ready(StoredKey(name, kek.id, kek.wrap(key)), DataKey(name, AESGCM(key)), is_new=True)


def about_of(entry: Entry) -> About:
    """Return whose and when's data key an entry's text is sealed with."""
    return entry.tenant, entry.subject, period(entry.at)
