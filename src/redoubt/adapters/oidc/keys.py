"""Keys of an issuer (JSON Web Key Set, RFC 7517), and what is signed with them (RFC 7515, RFC 7518, RFC 8037)."""

from dataclasses import dataclass
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from redoubt.domain.errors import ServiceError

MAX_KEYS = 64
RSA_BITS = (2048, 8192)
"""Shorter keys are broken (NIST SP 800-131A), longer ones are a way to keep us busy."""
_PUBLIC = {
    "RSA": frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
    "P-256": frozenset({"ES256"}),
    "P-384": frozenset({"ES384"}),
    "P-521": frozenset({"ES512"}),
    "Ed25519": frozenset({"EdDSA", "Ed25519"}),
}
"""Which algorithms a key can be for. None has a shared secret: a public key is never taken for one (RFC 8725 section 2.1)."""
_MEMBERS = ("kty", "n", "e", "crv", "x", "y")
"""What makes a public key."""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """One public key."""

    algorithms: frozenset[str]
    """Those it may be used with."""
    print: str
    """Its thumbprint (RFC 7638)."""
    _key: RSAKey | ECKey | OKPKey

    def verifies(self, algorithm: str, signed: bytes, signature: bytes) -> bool:
        """Tell whether ``signature`` is this key's under ``signed``."""
        if algorithm not in self.algorithms:
            return False
        try:
            return JWSRegistry.algorithms[algorithm].verify(signed, signature, self._key)
        except (JoseError, ValueError, TypeError):
            return False


def read_keys(data: bytes) -> dict[str, VerifyingKey]:
    """Return the keys of a set that can verify, by id. Others are passed over, as RFC 7517 section 5 asks.

    Raises ServiceError where it is no set, has too many keys, or none that is any good.
    """
    try:
        rows = msgspec.json.decode(data, type=dict[str, Any]).get("keys")
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        rows = None
    if not isinstance(rows, list) or len(rows) > MAX_KEYS:
        raise ServiceError("the identity provider's keys cannot be read")
    found: dict[str, VerifyingKey] = {}
    for row in rows:
        kid = row.get("kid") if isinstance(row, dict) else None
        if isinstance(kid, str) and kid and kid not in found and (key := _read(row)) is not None:
            found[kid] = key
    if not found:
        raise ServiceError("the identity provider publishes no key that a token can be verified with")
    return found


def _read(row: dict[str, Any]) -> VerifyingKey | None:
    if row.get("use", "sig") != "sig" or "verify" not in row.get("key_ops", ["verify"]) or "d" in row:
        return None  # a private key that is published vouches for nobody
    if row.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        members: dict[str, str | list[str]] = {name: row[name] for name in _MEMBERS if name in row}
        key = JWKRegistry.import_key(members)
        if isinstance(key, RSAKey):
            size = key.public_key.key_size
            algorithms = _PUBLIC["RSA"] if RSA_BITS[0] <= size <= RSA_BITS[1] else frozenset()
        elif isinstance(key, ECKey | OKPKey):
            algorithms = _PUBLIC.get(key.curve_name, frozenset())
        else:
            return None
        print_ = key.thumbprint()
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return None
    if "alg" in row:
        algorithms &= {row["alg"]} if isinstance(row["alg"], str) else set()
        if row["alg"] in ("EdDSA", "Ed25519"):
            algorithms = _PUBLIC["Ed25519"] if algorithms else algorithms  # two names of one thing (RFC 9864)
    return VerifyingKey(frozenset(algorithms), print_, key) if algorithms else None
