"""A login under way, kept by the browser itself in a cookie that only we can read or make (AES-256-GCM).

Nothing is stored for a stranger who only opens the page, so that nobody can fill the store with logins that never end.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from redoubt.domain.errors import TokenError

SECONDS = 600.0
"""How long a person may take at the provider's page."""
MAX_LENGTH = 2048
_NONCE_BYTES = 12
_BOUND = b"redoubt login attempt"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the answer to a login is compared with."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    """PKCE (RFC 7636)."""
    to: str
    """The local path where the person wants to go."""
    until: float


def seal_attempt(attempt: Attempt, key: bytes, random: Callable[[int], bytes]) -> str:
    """Return ``attempt`` as a cookie's value."""
    nonce = random(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, msgspec.msgpack.encode(attempt), _BOUND)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_attempt(value: str, key: bytes, now: float) -> Attempt:
    """Return the attempt in a cookie; raises TokenError where there is none, it is not ours, or it took too long."""
    if not value or len(value) > MAX_LENGTH:
        raise TokenError("no login under way")
    try:
        sealed = urlsafe_b64decode(value + "=" * (-len(value) % 4))
        data = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _BOUND)
        attempt = msgspec.msgpack.decode(data, type=Attempt)
    except (ValueError, InvalidTag, msgspec.MsgspecError):
        raise TokenError("no login under way") from None
    if now >= attempt.until:
        raise TokenError("login took too long")
    return attempt
