"""What a store of the vault may see: keyed hashes for names, and ciphertexts that open for one session alone.

Every key and name is HMAC-SHA-256 of the scope under the vault's master key, with the purpose in it; pseudonym, value and category are
one AES-256-GCM ciphertext (NIST SP 800-38D), bound to the session and to the name it is kept under.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from redoubt.domain.errors import ServiceError
from redoubt.domain.pseudonym import Alias
from redoubt.services.vault.interface import Scope

MAX_ALIASES = 100_000
"""One session holds no more."""
NONCE_BYTES = 12
KEPT_SECONDS = 90 * 24 * 3600.0
"""How long an id of the provider's stays bound to its owner; providers keep answers for 30 days."""

Random = Callable[[int], bytes]
"""Returns so many unpredictable bytes."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """Names and ciphers by scope."""

    _master: bytes = field(repr=False)
    _random: Random

    def key(self, scope: Scope) -> bytes:
        """Return the key that the pseudonyms of ``scope`` are derived from (`Vault.key`)."""
        return self._derive(b"pseudonyms", scope)

    def session(self, scope: Scope) -> "SealedSession":
        """Return what seals and opens the aliases of ``scope``."""
        return SealedSession(
            self._derive(b"name", scope),
            self._derive(b"mark", scope),
            AESGCM(self._derive(b"seal", scope)),
            self._random,
        )

    def claim(self, name: str, owner: Scope) -> tuple[bytes, bytes]:
        """Return under what a provider's id is kept, and the mark of its owner."""
        kept = self._derive(b"kept", Scope(owner.tenant, "", "", name))
        return kept, self._derive(b"owner", Scope(owner.tenant, owner.app, owner.principal, name))

    def _derive(self, purpose: bytes, scope: Scope) -> bytes:
        # Each member is preceded by its length, so that no two scopes can read alike.
        parts = (
            purpose,
            *(part.encode() for part in (scope.tenant, scope.app, scope.principal, scope.session)),
        )
        return hmac.digest(self._master, b"".join(len(p).to_bytes(4, "big") + p for p in parts), sha256)


@dataclass(frozen=True, slots=True)
class SealedSession:
    """One session as a store sees it."""

    name: bytes
    """32 bytes that name it."""
    _mark: bytes = field(repr=False)
    _cipher: AESGCM = field(repr=False)
    _random: Random = field(repr=False)

    def mark(self, alias: Alias) -> bytes:
        """Return the 32 bytes under which an alias is kept; equal pseudonyms have equal marks within a session."""
        return hmac.digest(self._mark, alias.pseudonym.encode("utf-8", "surrogatepass"), sha256)

    def seal(self, mark: bytes, alias: Alias) -> bytes:
        """Return nonce and ciphertext."""
        nonce = self._random(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, msgspec.msgpack.encode(alias), self.name + mark)

    def open(self, mark: bytes, sealed: bytes) -> Alias:
        """Return the alias; raises ServiceError where it was changed, moved, or sealed under another key."""
        try:
            clear = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self.name + mark)
            return msgspec.msgpack.decode(clear, type=Alias)
        except (InvalidTag, msgspec.MsgspecError, ValueError) as error:
            raise ServiceError(
                "the vault holds an entry that does not open; it was changed or the key is another"
            ) from error


def check_size(aliases: int) -> None:
    """Raise ServiceError where a session would hold too many."""
    if aliases > MAX_ALIASES:
        raise ServiceError(
            f"a session of the vault holds at most {MAX_ALIASES} pseudonyms; begin a new session"
        )
