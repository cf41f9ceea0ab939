"""The file: a stream of pieces, encrypted so that a change, a cut or a swap anywhere in it is noticed before a byte behind it is used.

The line ``redoubt backup 1``, 16 bytes of salt, then the stream in chunks of 1 MiB, each AES-256-GCM (NIST SP 800-38D) under the key that
scrypt (RFC 7914, N = 2^17, r = 8, p = 1) makes of passphrase and salt. A chunk's nonce is its number (11 bytes) and whether it is the last
one (1 byte); what stands before the chunks is authenticated with each: the STREAM construction (https://eprint.iacr.org/2015/189). Within
the stream each piece stands behind its length (4 bytes, big end first).
"""

from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from redoubt.domain.errors import InputError

MAGIC = b"redoubt backup 1\n"
SALT_BYTES, KEY_BYTES, TAG_BYTES = 16, 32, 16
CHUNK = 1024 * 1024
MAX_PIECE = 512 * 1024 * 1024
_COST, _BLOCK, _LANES = 2**17, 8, 1
_LENGTH_BYTES = 4

_BROKEN = "the backup is damaged: it was changed or cut off; nothing of it is to be trusted, take another one"


class ArchiveWriter:
    """Writes pieces; what it wrote is whole once `finish` has returned."""

    def __init__(self, file: IO[bytes], passphrase: str, salt: bytes) -> None:
        self._file = file
        self._head = MAGIC + salt
        self._cipher = _cipher(passphrase, salt)
        self._waiting = bytearray()
        self._number = 0
        file.write(self._head)

    def write(self, piece: bytes) -> None:
        """Add a piece."""
        if len(piece) > MAX_PIECE:
            raise InputError(f"one row of the records is larger than {MAX_PIECE} bytes")
        self._waiting += len(piece).to_bytes(_LENGTH_BYTES, "big") + piece
        while len(self._waiting) > CHUNK:  # the last chunk is never empty, and is known to be the last
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Write what waits, as the last chunk."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._head))
        self._number += 1


class ArchiveReader:
    """Reads the pieces of an archive."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        """Read the head. Raises InputError where the file is no backup."""
        self._file = file
        self._head = file.read(len(MAGIC) + SALT_BYTES)
        if not self._head.startswith(MAGIC) or len(self._head) != len(MAGIC) + SALT_BYTES:
            raise InputError("not a backup of Redoubt, or of a version that this one does not know")
        self._cipher = _cipher(passphrase, self._head[len(MAGIC) :])

    def pieces(self) -> Iterator[bytes]:
        """Yield the pieces. Raises InputError where the passphrase is another or the archive is not as it was written."""
        waiting = bytearray()
        for chunk in self._chunks():
            waiting += chunk
            while len(waiting) >= _LENGTH_BYTES:
                size = int.from_bytes(waiting[:_LENGTH_BYTES], "big")
                if size > MAX_PIECE:
                    raise InputError(_BROKEN)
                end = _LENGTH_BYTES + size
                if len(waiting) < end:
                    break
                yield bytes(waiting[_LENGTH_BYTES:end])
                del waiting[:end]
        if waiting:
            raise InputError(_BROKEN)

    def _chunks(self) -> Iterator[bytes]:
        number = 0
        chunk = self._file.read(CHUNK + TAG_BYTES)
        while True:
            after = self._file.read(CHUNK + TAG_BYTES)
            try:
                yield self._cipher.decrypt(_nonce(number, last=not after), chunk, self._head)
            except (InvalidTag, ValueError):
                if number == 0:
                    raise InputError(
                        "the backup does not open: the passphrase is another, or the file was changed or cut off"
                    ) from None
                raise InputError(_BROKEN) from None
            if not after:
                return
            chunk = after
            number += 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    kdf = Scrypt(salt=salt, length=KEY_BYTES, n=_COST, r=_BLOCK, p=_LANES)
    return AESGCM(kdf.derive(passphrase.encode("utf-8", "surrogatepass")))
