"""What a token whose signature is right must say besides (RFC 7519 section 4.1, RFC 8725, RFC 9068; OpenID Connect Core section 3.1.3.7).

All of it is strict: what is there must have the right type, and what must be there is. Raises TokenError with a fixed cause.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256, sha384, sha512
from typing import Any

from redoubt.domain.errors import TokenError
from redoubt.domain.issuers import IssuerSettings

Claims = Mapping[str, Any]
_LATEST = 2**53
"""Seconds since the epoch that JSON numbers hold exactly."""
_TYPES = ("jwt", "at+jwt", "application/jwt", "application/at+jwt")
"""Of the header's ``typ``, where it is there. Others (``logout+jwt``, ``dpop+jwt``) prove other things (RFC 8725 section 3.11)."""
_NOT_FOR_BEARERS = frozenset({"nonce", "at_hash", "c_hash", "s_hash"})
"""What only ID tokens have."""
_OTHER_KINDS = frozenset({"id", "refresh", "offline", "logout"})
"""What Keycloak says in the claim ``typ`` of what is no access token."""
_DIGESTS = {"256": sha256, "384": sha384, "512": sha512}


def check_header(header: Claims, algorithms: tuple[str, ...]) -> tuple[str, str]:
    """Return algorithm and key id. Keys that the header names or carries (``jwk``, ``jku``, ``x5u``, ``x5c``) are never looked at."""
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise TokenError("algorithm not allowed")
    if "crit" in header or "b64" in header or "zip" in header or "enc" in header:
        raise TokenError("critical header")
    if "cty" in header:
        raise TokenError("nested token")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenError("wrong type")
    if not isinstance(kid, str) or not kid:
        raise TokenError("no key id")
    return algorithm, kid


def check_bearer(claims: Claims, header: Claims, of: IssuerSettings, now: float) -> float:
    """Check a bearer token; return until when it holds."""
    until = _check_common(claims, of, now)
    if not set(_audiences(claims)) & set(of.audience):
        raise TokenError("wrong audience")
    if not of.id_tokens and _is_identity(claims, header):
        raise TokenError("an ID token as bearer")
    return until


def check_identity(claims: Claims, of: IssuerSettings, client_id: str, nonce: str, now: float) -> None:
    """Check the ID token of a login that sent ``nonce``."""
    _check_common(claims, of, now)
    audiences = _audiences(claims)
    if client_id not in audiences:
        raise TokenError("wrong audience")
    if len(audiences) > 1 and "azp" not in claims:
        raise TokenError("wrong party")
    if "azp" in claims and claims["azp"] != client_id:
        raise TokenError("wrong party")
    if not same(claims.get("nonce"), nonce):
        raise TokenError("wrong nonce")


def check_access_hash(claims: Claims, algorithm: str, access_token: str) -> None:
    """Check that the access token is the one this ID token came with, where it says (section 3.1.3.8)."""
    if "at_hash" not in claims:
        return
    digest = _DIGESTS.get(algorithm[-3:], sha512)(
        access_token.encode()
    ).digest()  # EdDSA with Ed25519: SHA-512
    wanted = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not same(claims["at_hash"], wanted):
        raise TokenError("wrong access token")


def subject(claims: Claims, of: IssuerSettings) -> str:
    """Return what the issuer calls this principal for good: 1 to 255 visible ASCII characters (OpenID Connect Core section 2)."""
    value = claims.get(of.subject_claim)
    if not isinstance(value, str) or not 1 <= len(value) <= 255 or not value.isascii():
        raise TokenError("no subject")
    if not value.isprintable() or " " in value:
        raise TokenError("no subject")
    return value


def _check_common(claims: Claims, of: IssuerSettings, now: float) -> float:
    if claims.get("iss") != of.issuer:
        raise TokenError("wrong issuer")
    expires, issued = _time(claims, "exp"), _time(claims, "iat")
    if expires is None:
        raise TokenError("no expiry")
    until = expires + of.leeway
    if now >= until:
        raise TokenError("expired")
    begins = _time(claims, "nbf")
    if begins is not None and begins > now + of.leeway:
        raise TokenError("not yet valid")
    if issued is not None and issued > now + of.leeway:
        raise TokenError("issued in the future")
    if of.max_token_age:
        if issued is None:
            raise TokenError("no time of issue")
        until = min(until, issued + of.max_token_age + of.leeway)
        if now >= until:
            raise TokenError("too old")
    for name, value in of.required.items():
        if claims.get(name) != value:
            raise TokenError("a required claim is missing")
    subject(claims, of)
    return until


def same(said: object, wanted: str) -> bool:
    """Tell whether ``said`` is the text that was wanted, in a time that says nothing about it."""
    return isinstance(said, str) and said.isascii() and hmac.compare_digest(said, wanted)


def _time(claims: Claims, name: str) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LATEST:
        raise TokenError("malformed")
    return float(value)


def _audiences(claims: Claims) -> tuple[str, ...]:
    value = claims.get("aud")
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise TokenError("wrong audience")


def _is_identity(claims: Claims, header: Claims) -> bool:
    if str(header.get("typ", "")).lower().removeprefix("application/") == "at+jwt":
        return False
    kind = claims.get("typ")
    return bool(claims.keys() & _NOT_FOR_BEARERS) or (isinstance(kind, str) and kind.lower() in _OTHER_KINDS)
