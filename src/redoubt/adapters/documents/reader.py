"""Which reader reads what. A reader yields pieces of text, and says what it could not read; it raises nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from redoubt.adapters.documents.budget import Budget, BudgetError
from redoubt.adapters.documents.kinds import Kind, is_prose, kind_of
from redoubt.adapters.documents.source import MissingError, Read, Source
from redoubt.adapters.documents.text import SNIFF, encoding_of, read_text
from redoubt.domain.document import ReadLimits, Unread


def read_file(path: Path, name: str, limits: ReadLimits, part: tuple[int, int] | None = None) -> Read:
    """Yield the pieces of the file at ``path``, which reports call ``name``.

    ``part`` is the range of bytes to read of a large plain text.
    """
    try:
        with path.open("rb") as file:
            if part is not None:
                file.seek(part[0])
                head = file.read(min(SNIFF, part[1] - part[0]))
                prose = is_prose(name, Kind.UTF8)
                for piece in read_text(file, name, head, ("utf-8", 0), part[1] - part[0]):
                    yield replace(piece, prose=prose)
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


def read_open(file: BinaryIO, name: str, budget: Budget, depth: int = 0, *, seekable: bool = False) -> Read:
    """Yield the pieces of an open document."""
    try:
        head = file.read(SNIFF)
        source = Source(file, name, head, budget, read_open, depth, seekable)
        kind = kind_of(name, head)
        prose = is_prose(name, kind)
        for part in _reader(kind)(source):
            yield part if prose or isinstance(part, Unread) else replace(part, prose=False)
    except BudgetError as error:
        yield Unread(name, str(error))
    except MissingError as error:
        yield Unread(name, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a hostile file does to a parser, the scan goes on; no message: it may quote the file
        yield Unread(name, f"damaged, or not what its name says ({type(error).__name__})")


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
