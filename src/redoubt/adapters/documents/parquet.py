"""Parquet, batch by batch (extra `documents`: pyarrow)."""

from collections.abc import Iterator
from typing import Any

from redoubt.adapters.documents.budget import BudgetError
from redoubt.adapters.documents.marked import Place, marked
from redoubt.adapters.documents.source import Read, Source, missing

_ROWS = 2048
"""Rows held at once."""
_FREE = 64 * 1024 * 1024
"""Characters that are read before the ratio counts."""


def read_parquet(source: Source) -> Read:
    """Yield the values of a Parquet file that may say something: texts, numbers, what they are nested in."""
    try:
        from pyarrow import parquet, types
    except ImportError as error:
        raise missing("pyarrow") from error
    file = parquet.ParquetFile(source.whole())
    columns = [
        field.name
        for field in file.schema_arrow
        if not (
            types.is_boolean(field.type) or types.is_floating(field.type) or types.is_temporal(field.type)
        )
    ]
    size = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
    most = max(_FREE, size * source.budget.limits.max_ratio)
    yield from marked(source.name, _bounded(_cells(file, columns), most), size)


def _bounded(places: Iterator[Place], most: int) -> Iterator[Place]:
    """Stop where a few bytes turn out to stand for the same value over and over."""
    done = 0
    for place in places:
        done += len(place[0])
        if done > most:
            raise BudgetError("unpacks to far more than its size; what follows was not read")
        yield place


def _cells(file: Any, columns: list[str]) -> Iterator[Place]:
    row = 0
    for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            for number, value in enumerate(values.to_pylist()):
                text = _text(value)
                if text:
                    yield f"{name}: {text}", 0, f"row {row + number + 1}, column {name}"
        row += batch.num_rows


def _text(value: object) -> str:
    """Return what a value says; nested ones with the names of their members."""
    if value is None or value == "":
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace") if b"\0" not in value[:1024] else ""
    return str(value)
