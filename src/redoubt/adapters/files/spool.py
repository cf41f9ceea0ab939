"""The spool as files of the data directory: ``spool/N.spool``, one for each gateway process that runs there, locked by it.

A file is a row of frames. A frame is what one `append` brought: its length, the CRC-32 of these four bytes, the CRC-32 of what follows (4
bytes each, big-endian), a nonce, and the entries (msgpack) under AES-256-GCM with a key derived from the master key. Bound to its place in
the file, a frame cannot be moved or doubled. Each frame is on the disk before the next is begun, so only the last can be unfinished, and
then nobody was told that it is safe. The length is checked by itself: one that was damaged must not make all that follows look unfinished.
"""

import fcntl
import os
from binascii import crc32
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.interface import Keyed

FOLDER = "spool"
HEAD_BYTES = 12
NONCE_BYTES = 12
MAX_FILES = 1000
_ZEROS = 1 << 20
"""Bytes that are looked through at once."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Keyed, ...]).decode


def open_spool(data_dir: Path, key: bytes, limit: int, random: Callable[[int], bytes]) -> "FileSpool":
    """Return the first spool that no living process holds, with what a dead one left in it. Raises ServiceError.

    ``key`` has 32 bytes; ``limit`` is the size in bytes beyond which nothing is taken any more.
    """
    folder = data_dir / FOLDER
    with _answering(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(MAX_FILES):
            path = folder / f"{number}.spool"
            file = _lock(path, os.O_CREAT)
            if file is not None:
                _settle(folder)
                return FileSpool(path, file, key, limit, random)
    raise ServiceError(f"{folder}: {MAX_FILES} gateways hold a spool here already")


class FileSpool:
    """Implements `Spool`."""

    def __init__(self, path: Path, file: int, key: bytes, limit: int, random: Callable[[int], bytes]) -> None:
        """Take over ``file``, a descriptor that is locked. Raises ServiceError where the file cannot be read or is damaged."""
        self._path, self._file = path, file
        self._key, self._cipher = key, AESGCM(key)
        self._limit, self._random = limit, random
        self._broken = self._closed = False
        self.torn = 0
        self._turn = Lock()
        try:
            with _answering(path):
                self.size = self._whole()
                if self.size != os.fstat(file).st_size:
                    self.torn = 1
                    self._cut()
            self.count = self._counted()  # whoever has the wrong key learns it at once
        except ServiceError:
            os.close(file)
            raise

    def append(self, entries: Sequence[Keyed]) -> None:
        """See `Spool.append`."""
        try:
            plain = _encode(tuple(entries))
        except (UnicodeEncodeError, TypeError, OverflowError) as error:
            raise ServiceError(f"an entry cannot be written down ({type(error).__name__})") from error
        nonce = self._random(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, _place(self.size))
        length = len(sealed).to_bytes(4)
        frame = length + crc32(length).to_bytes(4) + crc32(sealed).to_bytes(4) + sealed
        if self.size + len(frame) > self._limit:
            raise ServiceError(
                f"{self._path}: the spool is full; [audit] spool_bytes says how large it may grow"
            )
        with self._turn, _answering(self._path):
            if self._closed:  # the number of its descriptor may be another file's by now
                raise ServiceError(f"{self._path}: the spool is closed")
            if self._broken:
                raise ServiceError(f"{self._path}: the spool could not be mended after a failed write")
            try:
                _write(self._file, frame, self.size)
                os.fdatasync(self._file)
            except OSError:
                self._cut()
                raise
        self.size += len(frame)
        self.count += len(entries)

    def read(self, at: int, most: int) -> tuple[tuple[Keyed, ...], int]:
        """See `Spool.read`."""
        found: list[Keyed] = []
        with self._turn, _answering(self._path):
            while at < self.size and len(found) < most:
                length = int.from_bytes(_read(self._file, 4, at))
                sealed = _read(self._file, length, at + HEAD_BYTES)
                found += self._open(sealed, at)
                at += HEAD_BYTES + length
        return tuple(found), at

    def clear(self) -> None:
        """See `Spool.clear`."""
        with self._turn, _answering(self._path):
            self.size = self.count = 0
            self._cut()

    def orphans(self) -> "Sequence[FileSpool]":
        """See `Spool.orphans`."""
        left: list[FileSpool] = []
        damage: ServiceError | None = None
        with _answering(self._path.parent):
            for path in sorted(self._path.parent.glob("*.spool")):
                if path == self._path or not path.stat().st_size:
                    continue
                file = _lock(path, 0)
                if file is None:
                    continue
                try:
                    left.append(FileSpool(path, file, self._key, self._limit, self._random))
                except ServiceError as error:
                    damage = error
        if damage is not None and not left:  # the others come first; what is damaged is met again
            raise damage
        return left

    def close(self) -> None:
        """See `Spool.close`."""
        with self._turn:
            if self._closed:
                return
            self._closed = True
            if self.size == 0:
                self._path.unlink(missing_ok=True)
            os.close(self._file)

    def _open(self, sealed: bytes, at: int) -> tuple[Keyed, ...]:
        try:
            return _decode(self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(at)))
        except (InvalidTag, ValueError, msgspec.MsgspecError) as error:
            raise ServiceError(
                f"{self._path}: what lies at byte {at} of the spool does not open: it was changed, or the master key is another"
            ) from error

    def _counted(self) -> int:
        at = count = 0
        while at < self.size:
            entries, at = self.read(at, 1)
            count += len(entries)
        return count

    def _whole(self) -> int:
        """Return how many bytes are whole frames. Raises ServiceError where a frame is damaged that others follow."""
        end, at = os.fstat(self._file).st_size, 0
        while at + HEAD_BYTES <= end:
            head = _read(self._file, HEAD_BYTES, at)
            if crc32(head[:4]) != int.from_bytes(head[4:8]):
                if self._is_empty_from(at):  # room that was made for a frame, and never written
                    break
                raise self._damaged(at)
            after = at + HEAD_BYTES + int.from_bytes(head[:4])
            if after > end:
                break
            if crc32(_read(self._file, after - at - HEAD_BYTES, at + HEAD_BYTES)) != int.from_bytes(head[8:]):
                if after < end:
                    raise self._damaged(at)
                break
            at = after
        return at

    def _is_empty_from(self, at: int) -> bool:
        while data := os.pread(self._file, _ZEROS, at):
            if data.count(0) != len(data):
                return False
            at += len(data)
        return True

    def _damaged(self, at: int) -> ServiceError:
        return ServiceError(
            f"{self._path}: the spool is damaged at byte {at}, perhaps with entries behind it that are in no log yet: "
            "keep the file, move it away, and start again"
        )

    def _cut(self) -> None:
        """Drop what is behind the last whole frame."""
        try:
            os.ftruncate(self._file, self.size)
            os.fsync(self._file)
        except OSError:
            self._broken = True
            raise


def _lock(path: Path, flags: int) -> int | None:
    """Open a file for this process alone; None where another one has it."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_ino == path.stat().st_ino:
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(file)
    return None


def _settle(folder: Path) -> None:
    """Make the names of new files outlive the loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(at: int) -> bytes:
    """Return what a frame is bound to."""
    return b"redoubt spool 1 %d" % at


def _write(file: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(file, view, at)
        view, at = view[done:], at + done


def _read(file: int, count: int, at: int) -> bytes:
    parts = []
    while count:
        part = os.pread(file, count, at)
        if not part:
            raise OSError("the file ends too early")
        parts.append(part)
        count, at = count - len(part), at + len(part)
    return b"".join(parts)


@contextmanager
def _answering(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceError(
            f"{path}: the spool cannot be read or written ({type(error).__name__}); check the disk and its free space"
        ) from error
