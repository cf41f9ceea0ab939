"""Pieces made of many small texts, each with its place: cells, paragraphs, parts of a message."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from redoubt.adapters.documents.limits import BLOCK
from redoubt.adapters.documents.text import pieces
from redoubt.domain.document import Mark, Piece

Place = tuple[str, int, str]
"""(text, line or 0, place)."""


def marked(name: str, places: Iterable[Place], size: int = 0) -> Iterator[Piece]:
    """Yield pieces of about `BLOCK` characters; places are never cut, but for one that is larger than a block.

    ``size``: bytes that all of it took.
    """
    texts: list[str] = []
    marks: list[Mark] = []
    length = offset = 0
    for text, line, place in places:
        if length and length + len(text) >= BLOCK:
            yield Piece("\n".join(texts) + "\n", name, offset, marks=tuple(marks), size=size)
            offset, texts, marks, length, size = offset + length, [], [], 0, 0
        if len(text) >= BLOCK:
            for piece in pieces(iter(((text, 0),)), name):
                yield replace(piece, offset=piece.offset + offset, marks=(Mark(0, line, place),), size=size)
                size = 0
            offset += len(text) + 1
            continue
        marks.append(Mark(length, line, place))
        texts.append(text)
        length += len(text) + 1
    if texts or size:
        yield Piece("\n".join(texts) + "\n" * bool(texts), name, offset, marks=tuple(marks), size=size)
