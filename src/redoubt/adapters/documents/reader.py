"""Which reader reads what. A reader yields pieces of text, and says what it could not read; it raises nothing."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from redoubt.adapters.documents.budget import Budget, BudgetError
from redoubt.adapters.documents.kinds import Kind, kind_of
from redoubt.adapters.documents.text import SNIFF, encoding_of, read_text
from redoubt.domain.document import Piece, ReadLimits, Unread

Read = Iterator[Piece | Unread]


@dataclass(frozen=True, slots=True)
class Source:
    """A document that is open for reading, from its first byte."""

    file: BinaryIO
    name: str
    head: bytes
    """Its first bytes, which were read from `file` already."""
    budget: Budget
    depth: int = 0
    """So many archives and messages stand around it."""
    seekable: bool = False
    """Whether `file` is a real file, which need not be held in memory."""

    def whole(self) -> BinaryIO:
        """Return the document as a file that can be read from any place; raises BudgetError where that takes too much memory."""
        if self.seekable:
            self.file.seek(0)
            return self.file
        limit = self.budget.limits.max_whole
        data = self.head + self.file.read(limit + 1 - len(self.head))
        if len(data) > limit:
            raise BudgetError(
                f"larger than {limit} bytes, which is too much for a document of this kind in here"
            )
        return io.BytesIO(data)

    def bounded(self) -> bytes:
        """Return all bytes; raises BudgetError where they are too many to hold."""
        limit = self.budget.limits.max_whole
        rest = self.file.read(limit + 1 - len(self.head))
        if len(self.head) + len(rest) > limit:
            raise BudgetError(f"larger than {limit} bytes, which is too much for a document of this kind")
        return self.head + rest

    def inner(self, file: BinaryIO, name: str) -> Read:
        """Read a document that stands in this one."""
        if self.depth + 1 > self.budget.limits.max_depth:
            yield Unread(
                f"{self.name}!/{name}", f"more than {self.budget.limits.max_depth} archives inside each other"
            )
            return
        yield from read_open(file, f"{self.name}!/{name}", self.budget, depth=self.depth + 1)


def read_file(path: Path, name: str, limits: ReadLimits, part: tuple[int, int] | None = None) -> Read:
    """Yield the pieces of the file at ``path``, which reports call ``name``.

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
            yield from read_open(file, name, Budget(limits), seekable=file.seekable())
    except OSError as error:
        yield Unread(name, f"cannot be read: {error.strerror or type(error).__name__}")


def read_stream(file: BinaryIO, name: str, limits: ReadLimits) -> Read:
    """Yield the pieces of an open stream, such as standard input."""
    return read_open(file, name, Budget(limits))


def read_open(file: BinaryIO, name: str, budget: Budget, *, depth: int = 0, seekable: bool = False) -> Read:
    """Yield the pieces of an open document."""
    try:
        head = file.read(SNIFF)
        source = Source(file, name, head, budget, depth, seekable)
        yield from _reader(kind_of(name, head))(source)
    except BudgetError as error:
        yield Unread(name, str(error))
    except MissingError as error:
        yield Unread(name, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a hostile file does to a parser, the scan goes on; no message: it may quote the file
        yield Unread(name, f"damaged, or not what its name says ({type(error).__name__})")


class MissingError(Exception):
    """A library of the extra `documents` is not installed."""


def missing(library: str) -> MissingError:
    """Return the error that says what to install."""
    return MissingError(f"needs {library}: pip install 'redoubt-ai[documents]'")


def _reader(kind: Kind) -> Callable[[Source], Read]:
    """Return the reader of a kind; each is imported when it is first needed."""
    match kind:
        case Kind.ZIP:
            from redoubt.adapters.documents.zips import read_zip as reader
        case Kind.TAR:
            from redoubt.adapters.documents.archives import read_tar as reader
        case Kind.GZIP | Kind.BZIP2 | Kind.XZ:
            from redoubt.adapters.documents.archives import read_packed as reader
        case Kind.TABLE:
            from redoubt.adapters.documents.tables import read_table as reader
        case Kind.PARQUET:
            from redoubt.adapters.documents.parquet import read_parquet as reader
        case Kind.HTML:
            from redoubt.adapters.documents.html import read_html as reader
        case Kind.MAIL:
            from redoubt.adapters.documents.mail import read_mail as reader
        case Kind.MAILBOX:
            from redoubt.adapters.documents.mail import read_mailbox as reader
        case Kind.PDF:
            from redoubt.adapters.documents.pdf import read_pdf as reader
        case Kind.BINARY:
            reader = _binary
        case _:
            reader = _text
    return reader


def _text(source: Source) -> Read:
    encoding = encoding_of(source.head)
    if encoding is None:
        return _binary(source)
    return read_text(source.file, source.name, source.head, encoding)


def _binary(source: Source) -> Read:
    yield Unread(source.name, "binary", binary=True)
