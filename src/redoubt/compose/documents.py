"""Files, read in pieces."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from redoubt.domain.document import Piece, ReadLimits, Unread

if TYPE_CHECKING:
    from redoubt.domain.conversation import Conversation


def read_file(
    path: Path, name: str, limits: ReadLimits, part: tuple[int, int] | None = None
) -> Iterator[Piece | Unread]:
    """Yield the pieces of a file; see `redoubt.adapters.documents.reader`."""
    from redoubt.adapters.documents.reader import read_file as read

    return read(path, name, limits, part)


def read_stream(file: BinaryIO, name: str, limits: ReadLimits) -> Iterator[Piece | Unread]:
    """Yield the pieces of what comes out of ``file``; see `redoubt.adapters.documents.reader`."""
    from redoubt.adapters.documents.reader import read_stream as read

    return read(file, name, limits)


def cuts(path: Path, size: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of about ``size`` bytes that a large plain text may be read in; see `redoubt.adapters.documents.cuts`."""
    from redoubt.adapters.documents.cuts import cuts as cut

    return cut(path, size)


def conversations(path: Path, limits: ReadLimits) -> "Iterator[Conversation]":
    """Yield the conversations of a chatbot's export; see `redoubt.adapters.documents.chats`."""
    from redoubt.adapters.documents.chats import read_chats

    return read_chats(path, limits)
