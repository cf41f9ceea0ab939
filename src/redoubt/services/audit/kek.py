"""The port of the keys that data keys are wrapped under (KEK), and the one that lies in memory.

A data key is kept wrapped; what wraps it may be the operator's own key, or a service that never gives its key out. Rotation wraps data keys
anew and touches no entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

from redoubt.domain.errors import ServiceError

MASTER = "master"
"""Id of the key that is derived from the master key."""


class Kek(Protocol):
    """Wraps data keys."""

    @property
    def id(self) -> str:
        """Name of the key, at most 64 characters: it stands beside each data key that it wraps, and tells nothing of the key."""

    def wrap(self, key: bytes) -> bytes:
        """Return ``key`` wrapped; raises ServiceError where that cannot be done now."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the key; raises ServiceError where the KEK cannot be had now, ValueError where it did not wrap this."""


@dataclass(frozen=True, slots=True)
class LocalKek:
    """Wraps with a key in memory: AES key wrap with padding (RFC 5649)."""

    id: str
    _key: bytes = field(repr=False)

    def wrap(self, key: bytes) -> bytes:
        """See `Kek.wrap`."""
        return aes_key_wrap_with_padding(self._key, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """See `Kek.unwrap`."""
        try:
            return aes_key_unwrap_with_padding(self._key, wrapped)
        except InvalidUnwrap as error:
            raise ValueError(
                "the data key does not open with this key: it was damaged, or wrapped under another"
            ) from error


def local_id(key: bytes) -> str:
    """Return the id of a key of the operator's own: the same wherever it is read from."""
    return f"key-{sha256(b'redoubt/kek id' + key).hexdigest()[:16]}"


class KekRing:
    """The KEK in force, and those that older data keys may still be wrapped under."""

    def __init__(self, current: Kek, older: Sequence[Kek] = ()) -> None:
        self.current = current
        self._by_id = {kek.id: kek for kek in (*older, current)}

    def unwrap(self, kek: str, wrapped: bytes) -> bytes:
        """Return the data key that the KEK called ``kek`` wrapped. Raises as `Kek.unwrap` does."""
        known = self._by_id.get(kek)
        if known is None:
            raise ServiceError(
                f"a data key is wrapped under {kek}, which is not configured; name it in [audit] kek or kek_previous"
            )
        return known.unwrap(wrapped)
