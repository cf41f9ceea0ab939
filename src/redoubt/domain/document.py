"""A file, a member of an archive or a table's rows, cut into pieces of text that can be inspected one by one."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much of a document is read; beyond, it counts as not read."""

    max_size: int = 0
    """Bytes of one file; 0: no limit, since text is read in constant memory."""
    max_whole: int = 64 * 1024 * 1024
    """Bytes of a document that must be held as a whole: office files, PDF, e-mail, archives inside archives."""
    max_depth: int = 5
    """Archives inside archives."""
    max_entries: int = 100_000
    """Members of one archive, those of archives inside it included."""
    max_unpacked: int = 16 * 1024 * 1024 * 1024
    """Bytes that one archive may unpack to."""
    max_ratio: int = 200
    """Unpacked to packed bytes, once more than 16 MB were unpacked: deflate reaches 1032 to 1 for nothing but zeros."""


@dataclass(frozen=True, slots=True)
class Mark:
    """From ``offset`` of a piece on, the text comes from ``place``."""

    offset: int
    line: int
    """1-based line of the document; 0 where it has no lines."""
    place: str = ""
    """What a person looks for: ``sheet 'Staff' B7``, ``page 3``, ``row 12, email``; empty where the line says it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a document's text.

    Neighbouring pieces overlap, so that what lies across their border is seen whole by one of them: findings that begin in the first
    ``lead`` or the last ``tail`` characters belong to the neighbour.
    """

    text: str
    name: str
    """The file; a member of an archive as ``archive.zip!/folder/member.txt``."""
    offset: int = 0
    """Characters of the document before this piece."""
    line: int = 1
    """1-based line that the piece begins in."""
    column: int = 1
    """1-based column of its first character."""
    lead: int = 0
    tail: int = 0
    marks: tuple[Mark, ...] = ()
    """In order of offset; where there are any, they say where things are, and line breaks say nothing."""
    size: int = 0
    """Bytes of the document this piece stands for; those of all pieces add up."""
    prose: bool = True
    """False where it is known not to be: a table, a log, source code."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A document, or a part of one, that could not be read."""

    name: str
    reason: str
    binary: bool = False
    """True where it simply holds no text (a picture, a program), which is nobody's fault."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a document a finding is."""

    line: int
    column: int
    """1-based; 0 where the document has no lines, or the place says more."""
    place: str = ""


def locations(piece: Piece, offsets: tuple[int, ...]) -> Iterator[Location]:
    r"""Yield where the characters at ``offsets``, which ascend, are. Linear in the text.

    >>> [(l.line, l.column) for l in locations(Piece("ab\ncd", "f", line=7, column=4), (1, 4))]
    [(7, 5), (8, 2)]
    """
    if piece.marks:
        starts = [mark.offset for mark in piece.marks]
        for offset in offsets:
            mark = piece.marks[max(0, bisect_right(starts, offset) - 1)]
            yield Location(mark.line, 0, mark.place)
        return
    line, done, begun = piece.line, 0, 1 - piece.column
    for offset in offsets:
        breaks = piece.text.count("\n", done, offset)
        if breaks:
            line += breaks
            begun = piece.text.rindex("\n", done, offset) + 1
        done = offset
        yield Location(line, offset - begun + 1)


def halves(piece: Piece, overlap: int) -> tuple[Piece, Piece]:
    r"""Cut what is a piece's own in two, at a line break where there is one near the middle; each half keeps ``overlap`` around it.

    >>> first, second = halves(Piece("ab\ncd\nef", "f"), 1)
    >>> first.text == "ab\nc", first.tail, second.text == "\ncd\nef", second.lead, second.line
    (True, 1, True, 1, 1)
    """
    begin, end = piece.lead, len(piece.text) - piece.tail
    middle = (begin + end) // 2
    border = piece.text.rfind("\n", (begin + middle) // 2, middle) + 1 or middle
    return _cut(piece, begin, border, overlap), replace(_cut(piece, border, end, overlap), size=0)


def _cut(piece: Piece, begin: int, end: int, overlap: int) -> Piece:
    """Return the part of a piece whose own text is ``begin:end``."""
    first, last = max(0, begin - overlap), min(len(piece.text), end + overlap)
    at = next(locations(replace(piece, marks=()), (first,)))
    known = piece.marks[max(0, bisect_right([mark.offset for mark in piece.marks], first) - 1) :]
    return replace(
        piece,
        text=piece.text[first:last],
        offset=piece.offset + first,
        line=at.line,
        column=at.column,
        lead=begin - first,
        tail=last - end,
        marks=tuple(replace(mark, offset=max(0, mark.offset - first)) for mark in known),
    )
