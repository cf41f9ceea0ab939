"""Encrypts what crossed: AES-256-GCM (NIST SP 800-38D) under a key of the person that the text is about.

A data key belongs to one subject and is itself kept wrapped under the operator's key (AES key wrap with padding, RFC 5649), so that a
person can be forgotten by destroying one small key.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

NONCE_BYTES = 12
KEY_BYTES = 32

Random = Callable[[int], bytes]
"""Returns so many unpredictable bytes."""


def new_data_key(kek: bytes, random: Random) -> tuple[bytes, bytes]:
    """Return a fresh data key and its wrapped form."""
    key = random(KEY_BYTES)
    return key, aes_key_wrap_with_padding(kek, key)


def unwrap_data_key(kek: bytes, wrapped: bytes) -> bytes:
    """Return the data key; raises ValueError where it was wrapped under another key or damaged."""
    try:
        return aes_key_unwrap_with_padding(kek, wrapped)
    except InvalidUnwrap as error:
        raise ValueError("the data key does not open with this master key") from error


def seal(key: AESGCM, text: str, bound_to: bytes, random: Random) -> bytes:
    """Return nonce and ciphertext of ``text``, which opens only together with ``bound_to``; nothing for an empty text."""
    if not text:
        return b""
    nonce = random(NONCE_BYTES)
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
