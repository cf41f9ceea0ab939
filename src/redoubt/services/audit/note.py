"""Signed notes: C2SP ``signed-note`` (https://c2sp.org/signed-note), with Ed25519.

A note is a text and lines that sign it. Who verifies knows the keys beforehand, by name and id; lines of keys nobody knows are passed over.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
"""Signature type of the log's own signatures, in C2SP's list."""
COSIGNATURE = 0x04
"""Signature type of a witness's timestamped Ed25519 cosignatures."""
MAX_NOTE = 64 * 1024
"""Bytes of one note; a checkpoint with sixteen cosignatures has about 3,000."""
MAX_SIGNATURES = 64
"""Lines of one note; the specification asks for room for 16 at least."""
_KEY_ID_BYTES = 4
_PUBLIC_KEY_BYTES = 32
_MAX_NAME = 255
_MARK = "\u2014 "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_HEX_ID = re.compile("[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name. `parse_vkey(str(key)) == key`."""

    name: str
    kind: int
    """`ED25519` or `COSIGNATURE`."""
    public: bytes
    """32 bytes."""

    @property
    def id(self) -> bytes:
        """The first four bytes of the SHA-256 of name, newline, type and key."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the key made the Ed25519 ``signature`` over ``message``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One line that signs: whose it says it is, and the bytes."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {to_base64(self.key_id + self.data)}\n"

    def says(self, key: VerifierKey) -> bool:
        """Tell whether the line says it is of ``key``; whether it is, only `VerifierKey.signed` knows."""
        return self.name == key.name and self.key_id == key.id


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures. `parse_note(bytes(note)) == note`."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return f"{self.text}\n{''.join(map(str, self.signatures))}".encode()


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return a key's id as the specification recommends it."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:_KEY_ID_BYTES]


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key, ``NAME+ID+BASE64``. Raises ValueError saying what is wrong with it."""
    name, plus, rest = text.strip().partition("+")
    shown_id, other_plus, encoded = rest.partition("+")
    if not plus or not other_plus or len(text) > MAX_NOTE or not is_name(name):
        raise ValueError("not a verifier key: write it as NAME+ID+BASE64 (C2SP signed-note)")
    data = from_base64(encoded)
    if len(data) != 1 + _PUBLIC_KEY_BYTES or data[0] not in (ED25519, COSIGNATURE):
        raise ValueError("the verifier key is of a kind that is not known here; Ed25519 is (types 01 and 04)")
    key = VerifierKey(name, data[0], data[1:])
    if not _HEX_ID.fullmatch(shown_id) or key.id.hex() != shown_id:
        raise ValueError("the verifier key is damaged: its id does not fit its name and key")
    return key


def parse_note(data: bytes) -> Note:
    """Read a signed note. Raises ValueError; no signature is verified yet."""
    if len(data) > MAX_NOTE:
        raise ValueError(f"the note is longer than {MAX_NOTE} bytes")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise ValueError("the note is not UTF-8") from error
    if _CONTROL.search(whole):
        raise ValueError("the note holds control characters")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not text or not lines.endswith("\n"):
        raise ValueError("the note has no signature lines after an empty line")
    return Note(text + "\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Read signature lines, each with its newline. Raises ValueError."""
    if not lines.endswith("\n"):
        raise ValueError("the last signature line does not end")
    found = lines[:-1].split("\n")
    if len(found) > MAX_SIGNATURES:
        raise ValueError(f"there are more than {MAX_SIGNATURES} signatures")
    return tuple(map(_signature, found))


def sign(text: str, name: str, key: Ed25519PrivateKey) -> Note:
    """Sign ``text``, which ends in a newline, under ``name``. Raises ValueError where one of them is not allowed in a note."""
    if not text.endswith("\n") or _CONTROL.search(text) or not is_name(name):
        raise ValueError(
            "a note's text must end in a newline, and its signer must have a name without blanks or +"
        )
    public = key.public_key().public_bytes_raw()
    return Note(text, (Signature(name, key_id(name, ED25519, public), key.sign(text.encode())),))


def signers(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return those of ``keys`` (type `ED25519`) that signed the note.

    Raises ValueError where a line that says it is of one of them is not, or where there is none: the text must then not be read.
    """
    good: list[VerifierKey] = []
    for line in note.signatures:
        for key in keys:
            if not line.says(key):
                continue
            if not key.signed(note.text.encode(), line.data):
                raise ValueError(f"the signature of {key.name} is wrong")
            good.append(key)
    if not good:
        raise ValueError("the note is signed by none of the keys that are known")
    return tuple(good)


def is_name(name: str) -> bool:
    """Tell whether a key may have this name: no blanks, no plus, nothing that cannot be seen."""
    return (
        0 < len(name) <= _MAX_NAME and name.isprintable() and "+" not in name and not re.search(r"\s", name)
    )


def to_base64(data: bytes) -> str:
    """Return the standard base64 of RFC 4648, section 4."""
    return b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Return what `to_base64` wrote; raises ValueError for anything that it would not have written."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    if to_base64(data) != text:
        raise ValueError("not base64 in its one form")
    return data


def _signature(line: str) -> Signature:
    name, blank, encoded = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not blank or not is_name(name):
        raise ValueError("a signature line must be a dash, a name and base64")
    data = from_base64(encoded)
    if len(data) <= _KEY_ID_BYTES:
        raise ValueError("a signature line is too short")
    return Signature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])
