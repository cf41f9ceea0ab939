"""Excel workbooks (extra `documents`: openpyxl), row by row."""

import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from redoubt.adapters.documents.budget import BudgetError, unpacked
from redoubt.adapters.documents.marked import Place, marked
from redoubt.adapters.documents.markup import text_of
from redoubt.adapters.documents.source import Read, Source, missing
from redoubt.adapters.documents.tables import LONGEST_NAME
from redoubt.domain.document import Unread

_MOST_EMPTY = 20_000_000
"""The library fills the gaps between cells; a sheet with one cell in its last corner has 17 thousand million of them."""
_COMMENTS = ("xl/comments", "xl/threadedComments/", "docProps/")


def read_workbook(source: Source, archive: zipfile.ZipFile) -> Read:
    """Yield the cells of a workbook, each beside the head of its column, and the comments."""
    try:
        import openpyxl
    except ImportError as error:
        raise missing("openpyxl") from error
    size = 0
    for member in archive.infolist():
        source.budget.enter()
        size += member.compress_size
        # Read through once, within the bounds, before a library that knows none unpacks it.
        with archive.open(member) as file:
            bounded = unpacked(file, member, source.budget)
            if member.filename.startswith(_COMMENTS):
                data = bounded.read(source.budget.limits.max_whole)
                text = text_of(data.decode("utf-8", "replace"), frozenset({"text", "dc:creator"}))
                yield from marked(
                    source.name, ((line, 0, member.filename) for line in text.split("\n") if line.strip())
                )
            while bounded.read(1 << 20):
                pass
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(archive.fp, read_only=True, data_only=True)
        try:
            yield from marked(source.name, _cells(book), size)
        finally:
            book.close()
    if book.chartsheets:
        yield Unread(source.name, "chart sheets hold no cells", binary=True)


def _cells(book: Any) -> Iterator[Place]:
    empty = 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        heads: dict[int, str] = {}
        for row in sheet.iter_rows():
            empty += 1
            for cell in row:
                value = cell.value
                if value is None or value == "" or isinstance(value, bool):
                    empty += 1
                    continue
                text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
                head = heads.setdefault(cell.column, text if isinstance(value, str) else "")
                named = head and head != text and len(head) <= LONGEST_NAME
                yield f"{head}: {text}" if named else text, 0, f"sheet {sheet.title} {cell.coordinate}"
            if empty > _MOST_EMPTY:
                raise BudgetError(f"more than {_MOST_EMPTY} empty cells; what follows was not read")
