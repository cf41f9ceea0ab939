"""The form of an API key: ``rdt_``, 256 random bits in base 62 (43 digits), and six digits of CRC-32 over them.

The prefix lets secret scanners find a leaked key, the checksum lets them (and us) tell a key from a typing mistake without asking the
store; it is GitHub's scheme (https://github.blog/engineering/behind-githubs-new-authentication-token-formats/).
"""

import hmac
from collections.abc import Callable
from hashlib import sha256
from zlib import crc32

from redoubt.domain.principal import Kind
from redoubt.services.identity.interface import Outsider

PREFIX = "rdt_"
SHOWN = 8
"""So many characters of a key are kept in clear, for its owner to recognise it."""
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(one + two for one in _DIGITS for two in _DIGITS)
_BODY = 43
_CHECK = 6
_BLOCK = 64
"""Bytes that SHA-256 takes at once."""
LENGTH = len(PREFIX) + _BODY + _CHECK
PREFIXES = {Kind.USER: "usr_", Kind.SERVICE: "svc_", Kind.AGENT: "agt_"}
"""How the ids of principals begin."""


def mint(random: Callable[[int], bytes]) -> str:
    """Return a new key."""
    body = _base62(int.from_bytes(random(32), "big"), _BODY)
    return PREFIX + body + _checksum(body)


def well_formed(credential: str) -> bool:
    """Tell whether ``credential`` has the form and the checksum of a key."""
    if len(credential) != LENGTH or not credential.startswith(PREFIX) or not credential.isascii():
        return False
    body, check = credential[len(PREFIX) : -_CHECK], credential[-_CHECK:]
    return hmac.compare_digest(_checksum(body), check)


class Digest:
    """What the store keeps of a key: HMAC-SHA-256 (RFC 2104) under ``pepper``, a secret that is not in the store.

    Written out, because `hmac.digest` lets go of the interpreter at each call: every request would wait for whatever thread takes it.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, pepper: bytes) -> None:
        block = (pepper if len(pepper) <= _BLOCK else sha256(pepper).digest()).ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def __call__(self, credential: str) -> bytes:
        """Return the digest of a key."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(credential.encode("utf-8", "replace"))
        outer.update(inner.digest())
        return outer.digest()


def outsider_id(digest: Digest, outsider: Outsider) -> str:
    """Return the id of the principal that an identity provider's person is: the same whenever that person comes, and guessed by nobody."""
    said = (
        f"{len(outsider.tenant)}:{outsider.tenant}{len(outsider.issuer)}:{outsider.issuer}{outsider.subject}"
    )
    return f"{PREFIXES[outsider.kind]}{digest(f'outsider {said}').hex()[:32]}"


def _checksum(body: str) -> str:
    # Every request asks: two digits at a time, which six digits, enough for 32 bits, are three of.
    rest, last = divmod(crc32(body.encode()), len(_PAIRS))
    first, middle = divmod(rest, len(_PAIRS))
    return _PAIRS[first] + _PAIRS[middle] + _PAIRS[last]


def _base62(number: int, width: int) -> str:
    digits: list[str] = []
    while number:
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits)).rjust(width, "0")
