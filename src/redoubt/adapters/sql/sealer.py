"""Seals what callers brought together: text, canonical bytes, leaf, and what each entry is found by."""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256

from redoubt.adapters.sql.appending import Transaction
from redoubt.adapters.sql.data_keys import About, DataKey, DataKeys, about_of
from redoubt.adapters.sql.reading import binding
from redoubt.adapters.sql.sequencing import Sealed
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry
from redoubt.services.audit import search
from redoubt.services.audit.canonical import canonical
from redoubt.services.audit.sealing import NONCE_BYTES, seal
from redoubt.services.audit.tree import leaf_hash

KNOWN_TRAITS = 10_000
"""Sets of traits that are remembered to be in the database."""

Brought = Sequence[tuple[bytes | None, Entry]]
"""What one caller brought: entries with the uids of their appends. All of them get into the log, or none."""


class Sealer:
    """The sealing of one writer: `prepare` before its transaction, `seal` in it, `keep` once it was committed."""

    def __init__(self, keys: DataKeys, subject_key: bytes, random: Callable[[int], bytes]) -> None:
        self._keys, self._random = keys, random
        self._traits_key = hmac.digest(subject_key, b"traits", sha256)
        self._known: set[int] = set()
        self._fresh: dict[int, tuple[int, ...]] = {}
        self._wanted: set[About] = set()
        self._failed: dict[About, ServiceError] = {}

    def prepare(self, batch: Sequence[Brought]) -> None:
        """Fetch, or make, the keys that are wanted."""
        self._fresh.clear()
        wanted = {about_of(entry) for entries in batch for _, entry in entries}
        self._failed = self._keys.prepare(wanted)
        self._wanted = wanted - self._failed.keys()

    def seal(
        self, transaction: Transaction, batch: Sequence[Brought]
    ) -> tuple[list[Sealed], list[ServiceError | None]]:
        """Return the entries of ``batch`` sealed, but for those of callers with one that cannot be; and what went wrong for each caller."""
        keys = self._keys.settle(transaction, self._wanted)
        # Drawn at once, and what is left over is never used: a process that forked must not have the same nonces.
        nonces = _pieces(self._random(NONCE_BYTES * sum(map(len, batch))))
        sealed: list[Sealed] = []
        results: list[ServiceError | None] = []
        for entries in batch:
            failure = None
            try:
                sealed += [self._sealed(uid, entry, keys, next(nonces)) for uid, entry in entries]
            except ServiceError as error:
                failure = error
            except (ValueError, TypeError, OverflowError) as error:
                failure = ServiceError(f"an entry cannot be written down ({type(error).__name__})")
            results.append(failure)
        # In one order in all gateways: two that write the same ones down must not wait for each other.
        transaction.add_traits(
            sorted((term, number) for number, terms in self._fresh.items() for term in terms)
        )
        return sealed, results

    def keep(self) -> None:
        """Remember what is in the database now."""
        self._keys.keep()
        if len(self._known) > KNOWN_TRAITS:
            self._known.clear()
        self._known.update(self._fresh)

    def _sealed(self, uid: bytes | None, entry: Entry, keys: Mapping[About, DataKey], nonce: bytes) -> Sealed:
        key = keys.get(about := about_of(entry))
        if key is None:
            raise self._failed[about]
        text = seal(key.cipher, entry.text, binding(entry), nonce)
        body = canonical(entry, text)
        traits, terms = search.traits(entry, self._traits_key)
        if traits not in self._known:
            self._fresh[traits] = terms
        found_by = search.row(entry, traits)
        return Sealed(
            entry.exchange, key.name, leaf_hash(body), body, text, uid, found_by, search.marks(entry)
        )


def _pieces(drawn: bytes) -> Iterator[bytes]:
    return (drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES))
