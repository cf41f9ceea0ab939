"""Checkpoints: size and root of the log, signed. C2SP ``tlog-checkpoint`` (https://c2sp.org/tlog-checkpoint)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from redoubt.services.audit.note import (
    ED25519,
    Note,
    VerifierKey,
    from_base64,
    is_name,
    parse_note,
    sign,
    signers,
    to_base64,
)
from redoubt.services.audit.tree import HASH_BYTES

_DECIMAL = re.compile("0|[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says. `parse_checkpoint(c.body()) == c`."""

    origin: str
    """Which log: by custom a URL without its scheme."""
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    """Further lines, each without its newline; this program writes none."""

    def body(self) -> str:
        """Return the text of the note."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the note that it came in."""

    checkpoint: Checkpoint
    note: Note


class Signer:
    """Signs the checkpoints of one log. The same checkpoint always gets the same bytes, since Ed25519 draws nothing."""

    def __init__(self, seed: bytes, origin: str = "") -> None:
        """``seed``: 32 secret bytes; ``origin`` empty: ``redoubt.local/`` and the key. Raises ValueError for one that cannot be a name."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self.origin = origin or f"redoubt.local/{public[:8].hex()}"
        if not is_name(self.origin):
            raise ValueError("must be a name without blanks and without '+', like logs.example.com/redoubt")
        self.vkey = VerifierKey(self.origin, ED25519, public)

    def sign(self, size: int, root: bytes) -> SignedCheckpoint:
        """Sign size and root. That they follow from what was signed before is the caller's to check."""
        checkpoint = Checkpoint(self.origin, size, root)
        return SignedCheckpoint(checkpoint, sign(checkpoint.body(), self.origin, self._key))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text. Raises ValueError."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise ValueError("a checkpoint has at least three lines, none of them empty")
    origin, size, root = lines[:3]
    if not _DECIMAL.fullmatch(size):
        raise ValueError("the second line of a checkpoint is the size of the tree, in decimal digits")
    decoded = from_base64(root)
    if len(decoded) != HASH_BYTES:
        raise ValueError(f"the third line of a checkpoint is a root hash of {HASH_BYTES} bytes")
    return Checkpoint(origin, int(size), decoded, tuple(lines[3:-1]))


def open_checkpoint(data: bytes, keys: Sequence[VerifierKey]) -> SignedCheckpoint:
    """Read a signed checkpoint and verify it: one of ``keys`` signed it, and it is of that key's log. Raises ValueError."""
    note = parse_note(data)
    good = signers(note, keys)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin not in {key.name for key in good}:
        raise ValueError("the checkpoint is of another log than its key is for")
    return SignedCheckpoint(checkpoint, note)
