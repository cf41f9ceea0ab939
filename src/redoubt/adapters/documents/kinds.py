"""What kind of document a file is: told by what it begins with, and only then by its name."""

from enum import Enum, auto
from pathlib import PurePosixPath

from redoubt.adapters.documents.text import encoding_of


class Kind(Enum):
    """What a reader is chosen by."""

    UTF8 = auto()
    """Text without a byte order mark: source code, JSON, JSONL, logs, Markdown."""
    TEXT = auto()
    """Text in another encoding."""
    TABLE = auto()
    HTML = auto()
    MAIL = auto()
    MAILBOX = auto()
    ZIP = auto()
    TAR = auto()
    GZIP = auto()
    BZIP2 = auto()
    XZ = auto()
    PARQUET = auto()
    PDF = auto()
    BINARY = auto()


_MAGIC = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\x00", Kind.XZ),
    (b"PAR1", Kind.PARQUET),
    (b"%PDF-", Kind.PDF),
    (b"From ", Kind.MAILBOX),
)
_BY_NAME = {
    ".csv": Kind.TABLE,
    ".tsv": Kind.TABLE,
    ".htm": Kind.HTML,
    ".html": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".eml": Kind.MAIL,
    ".mbox": Kind.MAILBOX,
}
_SUFFIXES = (
    ".csv .tsv .xlsx .xlsm .ods .parquet .sql .log "
    ".py .pyi .js .mjs .cjs .jsx .ts .tsx .java .kt .scala .groovy .c .h .cc .cpp .cxx .hpp .cs .go .rs .rb .php .swift .m .mm .pl .pm .r "
    ".jl .lua .sh .bash .zsh .ps1 .bat .css .scss .less .vue .svelte .asm .s .f90 .hs .ml .ex .exs .erl .clj .lisp .dart .zig "
    ".lock .map .toml .ini .cfg .conf .properties .tf .gradle .cmake .proto .svg"
)
_NO_PROSE = frozenset(_SUFFIXES.split())
"""Tables and logs, source code, and what tools write for tools."""
_TABLES = frozenset({Kind.TABLE, Kind.PARQUET})
_TAR_MAGIC = slice(257, 262)


def is_prose(name: str, kind: Kind) -> bool:
    """Tell whether what is called ``name`` may hold sentences of people, rather than a table, a log or source code.

    >>> is_prose("notes.md", Kind.UTF8), is_prose("a.zip!/main.py", Kind.UTF8), is_prose("<stdin>", Kind.TABLE)
    (True, False, False)
    """
    return kind not in _TABLES and _suffix(name) not in _NO_PROSE


def _suffix(name: str) -> str:
    return PurePosixPath(name.rpartition("!")[2]).suffix.lower()


def kind_of(name: str, head: bytes) -> Kind:
    """Return the kind of what is called ``name`` and begins with ``head``."""
    for magic, kind in _MAGIC:
        if head.startswith(magic) and (kind is not Kind.MAILBOX or name.endswith((".mbox", "mbox"))):
            return kind
    if head[_TAR_MAGIC] == b"ustar":
        return Kind.TAR
    encoding = encoding_of(head)
    if encoding is None:
        return Kind.BINARY
    named = _BY_NAME.get(_suffix(name))
    if named is not None and named is not Kind.MAILBOX:
        return named
    return Kind.UTF8 if encoding == ("utf-8", 0) else Kind.TEXT
