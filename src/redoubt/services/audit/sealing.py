"""Encrypts what crossed: AES-256-GCM (NIST SP 800-38D) under a key of the person that the text is about.

A data key belongs to one subject and one month, and is itself kept wrapped (`redoubt.services.audit.kek`), so that a person, or a month,
can be forgotten by destroying small keys.
"""

from datetime import UTC, datetime
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32

DAY = 86_400
"""Seconds."""


def seal(key: AESGCM, text: str, bound_to: bytes, nonce: bytes) -> bytes:
    """Return nonce and ciphertext of ``text``, which opens only together with ``bound_to``; nothing for an empty text.

    ``nonce`` is `NONCE_BYTES` random ones, which no other text may be sealed with.
    """
    if not text:
        return b""
    return nonce + key.encrypt(nonce, text.encode("utf-8", "replace"), bound_to)


def unseal(key: AESGCM, sealed: bytes, bound_to: bytes) -> str:
    """Return the text; raises ValueError where it was changed, moved to another entry, or sealed under another key."""
    if not sealed:
        return ""
    try:
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()
    except (InvalidTag, ValueError) as error:
        raise ValueError(
            "the text of this entry does not open: it was changed, or its key is another"
        ) from error


def period(at: float) -> str:
    """Return the month of a time in UTC, as ``2026-11``: the text of one month is sealed under one key of its subject.

    >>> period(0.0), period(1795600000.0)
    ('1970-01', '2026-11')
    """
    return _month(int(at // DAY))


@lru_cache(maxsize=64)
def _month(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m")
