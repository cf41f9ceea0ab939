"""Long files line by line, in bounded memory, and many times faster than reading them line by line."""

import zlib
from base64 import b64encode
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import BadZipFile

import msgspec

from redoubt.adapters.evidence.layout import HASH_BYTES, MAX_SEALED_LINE, READ_BYTES, unreadable
from redoubt.services.audit.verifying import FaultError


class _Sealed(msgspec.Struct):
    index: int
    sealed: bytes


_decode = msgspec.json.Decoder(_Sealed).decode


def lines(file: BinaryIO, name: str, most: int) -> Iterator[bytes]:
    """Yield the lines without their newlines; a last line without one too. Raises InputError for one longer than ``most`` bytes."""
    parts: list[bytes] = []  # of a line that has not ended yet: joined once, however long it is
    length = 0
    while data := read(file, READ_BYTES, name):
        first, *others = data.split(b"\n")
        parts.append(first)
        length += len(first)
        if others:
            others.insert(0, b"".join(parts))
            parts = [others.pop()]
            length = len(parts[0])
            if any(len(line) > most for line in others):
                raise unreadable(name, f"has a line of more than {most} bytes")
            yield from others
        if length > most:
            raise unreadable(name, f"has a line of more than {most} bytes")
    if length:
        yield b"".join(parts)


def sealed_texts(file: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield index and encrypted text. A line that is something else is evidence, as an entry would be."""
    for number, line in enumerate(lines(file, name, MAX_SEALED_LINE)):
        try:
            row = _decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise FaultError("text", f"line {number + 1} of {name} is no encrypted text") from error
        if line + b"\n" != sealed_line(
            row.index, row.sealed
        ):  # else somebody else might read something else in it
            raise FaultError("text", f"line {number + 1} of {name} is not in the form it was written in")
        yield row.index, row.sealed


def sealed_line(index: int, sealed: bytes) -> bytes:
    """Return the one line that holds an encrypted text."""
    return b'{"index":%d,"sealed":"%s"}\n' % (index, b64encode(sealed))


def hashes(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the hashes in ``file``; what is left over at its end is none."""
    size = READ_BYTES - READ_BYTES % HASH_BYTES
    while data := read(file, size, name):
        for start in range(0, len(data) - HASH_BYTES + 1, HASH_BYTES):
            yield data[start : start + HASH_BYTES]


def read(file: BinaryIO, most: int, name: str) -> bytes:
    """Return the next bytes of a file, or of a member of an archive. Raises InputError where that is not possible."""
    try:
        return file.read(most)
    except (OSError, EOFError, ValueError, BadZipFile, zlib.error) as error:
        raise unreadable(name, f"cannot be read ({type(error).__name__})") from error
