"""The keys that texts are sealed with: one for each person and month, wrapped in the database and, for a time, ready in memory."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from redoubt.adapters.sql.appending import Appending, Owner, StoredKey, Transaction
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
        self, appending: Appending, keks: KekRing, owner_key: bytes, random: Callable[[int], bytes]
    ) -> None:
        self._appending = appending
        self._keks, self._owner_key, self._random = keks, owner_key, random
        self._generation = -1
        self._kept: dict[About, DataKey] = {}
        """Replaced, never cleared: `forget` may be called from another thread in the middle of a transaction."""
        self._fresh: dict[About, DataKey] = {}
        self._ready: dict[About, _Ready] = {}

    def prepare(self, abouts: set[About]) -> dict[About, ServiceError]:
        """Fetch or make the data keys that memory lacks of ``abouts``; return those that cannot be had, and why."""
        self._fresh, self._ready = {}, {}
        failed: dict[About, ServiceError] = {}
        if not (missing := self._owners(abouts - self._kept.keys())):
            return failed
        with self._appending.reading() as transaction:
            stored = transaction.data_keys(list(missing.values()))
        for about, owner in missing.items():
            try:
                self._ready[about] = self._opened(stored[owner]) if owner in stored else self._made()
            except ServiceError as error:
                failed[about] = error
        return failed

    def settle(self, transaction: Transaction, abouts: set[About]) -> dict[About, DataKey]:
        """Return the keys that the database holds now, which may be others than those that were there before. Raises ServiceError."""
        generation = transaction.generation()
        if generation != self._generation:  # some were destroyed since they were read
            self._kept = {}
            self._generation = generation
        kept = self._kept
        keys = {about: kept[about] for about in abouts if about in kept}
        if missing := self._owners(abouts - keys.keys()):
            self._fresh = self._settled(transaction, missing)
            keys |= self._fresh
        return keys

    def keep(self) -> None:
        """Hold on to the keys of a transaction that was committed: only now are they sure to be in the database."""
        if len(self._kept) > KEPT_KEYS:
            self._kept = {}
        self._kept.update(self._fresh)

    def forget(self) -> None:
        """Let go of all keys in memory."""
        self._kept = {}

    def _owners(self, abouts: set[About]) -> dict[About, Owner]:
        """Return whose these are, in one order in all gateways: two that make the same new keys must not wait for each other."""
        return {about: (owner_of(self._owner_key, about[0], about[1]), about[2]) for about in sorted(abouts)}

    def _settled(self, transaction: Transaction, missing: Mapping[About, Owner]) -> dict[About, DataKey]:
        stored = transaction.data_keys(list(missing.values()))
        lacking = {owner: self._new(about) for about, owner in missing.items() if owner not in stored}
        if lacking:
            transaction.add_data_keys({owner: made.stored for owner, made in lacking.items()})
            stored |= transaction.data_keys(list(lacking))
        settled: dict[About, DataKey] = {}
        for about, owner in missing.items():
            ready, there = lacking.get(owner) or self._ready.get(about), stored[owner]
            if ready is None or ready.stored.subject != there.subject:
                ready = self._opened(there)
            settled[about] = ready.key
        return settled

    def _new(self, about: About) -> _Ready:
        """Return a key that there was not. One that was read, and is gone, was destroyed meanwhile: it must not come back."""
        ready = self._ready.get(about)
        return ready if ready is not None and ready.is_new else self._made()

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
