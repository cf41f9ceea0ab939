"""Reads bytes as a file of some name."""

import io

from redoubt.adapters.documents.reader import read_stream
from redoubt.domain.document import Piece, ReadLimits, Unread, locations


def read(data: bytes, name: str, limits: ReadLimits | None = None) -> list[Piece | Unread]:
    return list(read_stream(io.BytesIO(data), name, limits or ReadLimits()))


def pieces(data: bytes, name: str, limits: ReadLimits | None = None) -> list[Piece]:
    return [part for part in read(data, name, limits) if isinstance(part, Piece)]


def reasons(data: bytes, name: str, limits: ReadLimits | None = None) -> list[str]:
    return [part.reason for part in read(data, name, limits) if isinstance(part, Unread)]


def place_of(value: str, parts: list[Piece]) -> str:
    """Return name, line and place of ``value`` where it is first found."""
    for piece in parts:
        at = piece.text.find(value)
        if at >= 0:
            [where] = locations(piece, (at,))
            return f"{piece.name}:{where.line} {where.place}".strip()
    raise AssertionError(f"{value} was not read")
