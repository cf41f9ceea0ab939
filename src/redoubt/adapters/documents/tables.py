"""CSV and TSV: each value beside the name of its column, which says what a bare number is."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO, cast

from redoubt.adapters.documents.budget import BudgetError, Rewound
from redoubt.adapters.documents.marked import Place, marked
from redoubt.adapters.documents.source import Read, Source
from redoubt.adapters.documents.text import FALLBACK, encoding_of

LONGEST_NAME = 40
"""A column's name that is longer is not one to read."""
_NAME = re.compile(r"[^\W\d_]+(?:[ _./-]{1,2}[^\W\d_]+){0,5}[ _]?\d?")
"""Words, and a digit at most: in a table without a head the first row is a record, and no place may show what is in it."""
_LARGEST_FIELD = 16 * 1024 * 1024
_DELIMITERS = (",", "\t", ";", "|")
_MOST_COLUMNS = 10_000


def read_table(source: Source) -> Read:
    """Yield the rows of a table."""
    codec, _ = encoding_of(source.head) or ("utf-8", 0)
    errors = FALLBACK if codec == "utf-8" else "replace"
    head = source.head.decode(codec, errors).lstrip("\ufeff").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    raw = Rewound(source.head, source.file)
    stream = io.TextIOWrapper(io.BufferedReader(raw), encoding=codec, errors=errors, newline="")
    counted = 0
    for piece in marked(source.name, _cells(stream, delimiter)):
        # The stream reads a little ahead of the rows; over the whole file the count is exact.
        counted, before = raw.taken, counted
        yield replace(piece, size=counted - before)


def _cells(stream: io.TextIOWrapper, delimiter: str) -> Iterator[Place]:
    csv.field_size_limit(_LARGEST_FIELD)
    rows = csv.reader(_lines(cast(TextIO, stream)), delimiter=delimiter)
    names: list[str] | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise BudgetError(
                f"not a table from line {rows.line_num} on; what follows was not read"
            ) from error
        if names is None:
            names = [_name(value.strip().lstrip("\ufeff")) for value in row[:_MOST_COLUMNS]]
            yield from ((value, rows.line_num, "head") for value in row if value)
            continue
        for number, value in enumerate(row):
            if value:
                name = names[number] if number < len(names) else ""
                yield (
                    f"{name}: {value}" if name else value,
                    rows.line_num,
                    f"column {name or number + 1}",
                )


def _name(value: str) -> str:
    """Return ``value`` where it can be the name of a column, else nothing."""
    return value if len(value) <= LONGEST_NAME and _NAME.fullmatch(value) else ""


def _lines(stream: TextIO) -> Iterator[str]:
    while line := stream.readline(_LARGEST_FIELD):
        if len(line) == _LARGEST_FIELD:
            raise BudgetError(f"a line has more than {_LARGEST_FIELD} characters: this is no table")
        yield line.replace("\0", "")
