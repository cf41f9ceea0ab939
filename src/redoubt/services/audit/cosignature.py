"""Cosignatures of witnesses: C2SP ``tlog-cosignature``, version 1 with Ed25519 (https://c2sp.org/tlog-cosignature).

A witness says: at that time this was the largest tree of this log that I had seen, and it grew out of those I saw before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from redoubt.services.audit.note import COSIGNATURE, Signature, VerifierKey

_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified one."""

    key: VerifierKey
    at: int
    """Seconds since the epoch, by the witness's clock."""
    line: Signature


def message(at: int, body: str) -> bytes:
    """Return what a witness signs about the checkpoint ``body``."""
    return f"cosignature/v1\ntime {at}\n{body}".encode()


def cosignatures(
    lines: Sequence[Signature], body: str, witnesses: Sequence[VerifierKey]
) -> tuple[Cosignature, ...]:
    """Return the cosignatures among ``lines`` that known witnesses made over ``body``; lines of strangers are passed over.

    Raises ValueError where a line that says it is of a known witness is not.
    """
    known = [key for key in witnesses if key.kind == COSIGNATURE]
    return tuple(_verified(line, key, body) for line in lines for key in known if line.says(key))


def _verified(line: Signature, key: VerifierKey, body: str) -> Cosignature:
    at = int.from_bytes(line.data[:_TIME_BYTES], "big")
    signature = line.data[_TIME_BYTES:]
    if len(signature) != _SIGNATURE_BYTES or at > _LATEST or not key.signed(message(at, body), signature):
        raise ValueError(f"the cosignature of {key.name} is wrong")
    return Cosignature(key, at, line)
