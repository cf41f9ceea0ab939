"""Which reader reads what: told by what a file begins with, then by its name."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from redoubt.adapters.documents.text import SNIFF, encoding_of, read_text
from redoubt.domain.document import Limits, Piece, Unread

Read = Iterator[Piece | Unread]


def read_file(path: Path, name: str, limits: Limits, part: tuple[int, int] | None = None) -> Read:
    """Yield the pieces of the file at ``path``, which reports call ``name``; what cannot be read is said, never raised.

    ``part`` is the range of bytes to read of a large plain text.
    """
    try:
        with path.open("rb") as file:
            if part is not None:
                file.seek(part[0])
                head = file.read(min(SNIFF, part[1] - part[0]))
                yield from read_text(file, name, head, ("utf-8", 0), part[1] - part[0])
                return
            size = path.stat().st_size
            if limits.max_size and size > limits.max_size:
                yield Unread(name, f"larger than {limits.max_size} bytes; raise --max-size")
                return
            yield from read_stream(file, name, limits)
    except OSError as error:
        yield Unread(name, f"cannot be read: {error.strerror or type(error).__name__}")


def read_stream(file: BinaryIO, name: str, limits: Limits) -> Read:
    """Yield the pieces of an open file (standard input, a member of an archive)."""
    head = file.read(SNIFF)
    encoding = encoding_of(head)
    if encoding is None:
        yield Unread(name, "binary", binary=True)
        return
    yield from read_text(file, name, head, encoding)
