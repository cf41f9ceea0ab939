"""Tar archives and single packed files, read as streams."""

import bz2
import gzip
import lzma
import tarfile
from typing import BinaryIO, cast

from redoubt.adapters.documents.budget import Rewound, packed
from redoubt.adapters.documents.kinds import Kind, kind_of
from redoubt.adapters.documents.source import Read, Source

_SUFFIXES = {".gz": "", ".bz2": "", ".xz": "", ".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}


def read_tar(source: Source) -> Read:
    """Yield what the members of a tar archive hold. Links and devices are passed over."""
    stream = cast(BinaryIO, Rewound(source.head, source.file))
    with tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as archive:
        for member in archive:
            source.budget.enter()
            file = archive.extractfile(member) if member.isreg() else None
            if file is not None:
                source.budget.unpack(member.size)
                yield from source.inner(cast(BinaryIO, file), member.name)


def read_packed(source: Source) -> Read:
    """Yield what a gzip, bzip2 or xz file holds."""
    stream = Rewound(source.head, source.file)
    raw = cast(BinaryIO, stream)
    match kind_of(source.name, source.head):
        case Kind.GZIP:
            file = cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb"))
        case Kind.BZIP2:
            file = cast(BinaryIO, bz2.BZ2File(raw))
        case _:
            file = cast(BinaryIO, lzma.LZMAFile(raw))  # noqa: SIM115 - `packed` owns it
    yield from source.inner(packed(file, lambda: stream.taken, source.budget), _inner_name(source.name))


def _inner_name(name: str) -> str:
    """Return the name by which the kind of what is packed can be told.

    >>> _inner_name("logs/a.csv.gz"), _inner_name("b.tgz"), _inner_name("c")
    ('a.csv', 'b.tar', 'c')
    """
    base = name.rpartition("/")[2]
    for suffix, instead in _SUFFIXES.items():
        if base.lower().endswith(suffix):
            return base[: -len(suffix)] + instead
    return base
