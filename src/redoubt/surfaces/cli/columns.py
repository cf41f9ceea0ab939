"""Lays rows out in columns, as wide as the terminal: a row that is too long goes on in the next line, set in."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

GAP = "  "
INDENT = 4
LEAST = 24
"""Characters that a column needs to be broken into lines; with less room it begins a line of its own."""


def lay_out(rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Yield each row as its lines, one string a row; ``width`` None: one line, however long.

    >>> list(lay_out([("id", "what"), ("a1", "one two three four five six seven")], 30))
    ['id  what', 'a1  one two three four five\\n    six seven']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    bands = _bands(widths, width)
    for row in rows:
        yield "\n".join(line for n, band in enumerate(bands) for line in _lines(row, band, widths, n, width))


def _bands(widths: Sequence[int], most: int | None) -> list[list[int]]:
    """Share the columns out to lines: as many as fit, and the last one where there is room to break it."""
    bands, used = [[0]], widths[0]
    for column, needed in enumerate(widths[1:], 1):
        room = needed if most is None else most - used - len(GAP)
        if needed <= room or (column == len(widths) - 1 and room >= LEAST):
            bands[-1].append(column)
            used += len(GAP) + needed
        else:
            bands.append([column])
            used = INDENT + needed
    return bands


def _lines(
    row: Sequence[str], band: Sequence[int], widths: Sequence[int], number: int, most: int | None
) -> Iterator[str]:
    *before, last = band
    lead = " " * (INDENT if number else 0) + "".join(row[i].ljust(widths[i]) + GAP for i in before)
    text, room = row[last], None if most is None else max(most - len(lead), LEAST)
    if room is None or len(text) <= room:
        yield (lead + text).rstrip()
        return
    for piece in wrap(text, room, break_on_hyphens=False):
        yield lead + piece
        lead = " " * len(lead)
