"""Where a large text may be cut so that several processes can read it."""

from pathlib import Path

from redoubt.adapters.documents.kinds import Kind, kind_of
from redoubt.adapters.documents.text import SNIFF

_LOOK = 1 << 20
"""A line break is looked for so many bytes beyond a border; a longer line is not cut."""


def cuts(path: Path, size: int) -> tuple[tuple[int, int], ...]:
    """Return ranges (first byte, one past the last) that end at line breaks; none where the file is no plain UTF-8 text."""
    length = path.stat().st_size
    with path.open("rb") as file:
        if kind_of(path.name, file.read(SNIFF)) is not Kind.UTF8:
            return ()
        borders = [0]
        for border in range(size, length, size):
            if border <= borders[-1]:
                continue
            file.seek(border)
            found = file.read(_LOOK).find(b"\n")
            if found >= 0 and border + found + 1 < length:
                borders.append(border + found + 1)
    return tuple(zip(borders, [*borders[1:], length], strict=True))
