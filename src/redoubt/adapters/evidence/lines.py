"""Long files line by line, in bounded memory, and many times faster than reading them line by line."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from redoubt.adapters.evidence.layout import HASH_BYTES, MAX_SEALED_LINE, READ_BYTES, unreadable
from redoubt.services.audit.verifying import FaultError


class _Sealed(msgspec.Struct):
    index: int
    sealed: bytes


_decode = msgspec.json.Decoder(_Sealed).decode


def lines(file: BinaryIO, name: str, most: int) -> Iterator[bytes]:
    """Yield the lines without their newlines; a last line without one too. Raises InputError for one longer than ``most`` bytes."""
    rest = b""
    while True:
        try:
            data = file.read(READ_BYTES)
        except (OSError, EOFError, ValueError) as error:
            raise unreadable(name, f"cannot be read ({type(error).__name__})") from error
        if not data:
            break
        *whole, rest = (rest + data).split(b"\n") if b"\n" in data else (rest + data,)
        if len(rest) > most or any(len(line) > most for line in whole):
            raise unreadable(name, f"has a line of more than {most} bytes")
        yield from whole
    if rest:
        yield rest


def sealed_texts(file: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield index and encrypted text. A line that is something else is evidence, as an entry would be."""
    for number, line in enumerate(lines(file, name, MAX_SEALED_LINE)):
        try:
            row = _decode(line)
        except (msgspec.MsgspecError, ValueError) as error:
            raise FaultError("text", f"line {number + 1} of {name} is no encrypted text") from error
        yield row.index, row.sealed


def hashes(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the hashes in ``file``; what is left over at its end is none."""
    size = READ_BYTES - READ_BYTES % HASH_BYTES
    while True:
        try:
            data = file.read(size)
        except (OSError, EOFError, ValueError) as error:
            raise unreadable(name, f"cannot be read ({type(error).__name__})") from error
        if not data:
            return
        for start in range(0, len(data) - HASH_BYTES + 1, HASH_BYTES):
            yield data[start : start + HASH_BYTES]
