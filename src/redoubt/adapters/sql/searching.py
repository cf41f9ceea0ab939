"""The query that finds entries.

The narrow table is read from its end. Where a value is asked for, it is looked up at the entries that hold it.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from redoubt.adapters.sql import schema
from redoubt.services.audit.search import Query, hashed, mark_number, term

_SECOND = 1_000_000
_TRAITS = ("upstream", "model", "decision", "kind", "category")


def indices(query: Query, limit: int, before: int | None) -> Select[Any]:
    """Return the query for the indices of the newest entries that ``query`` asks for, below ``before``."""
    index: ColumnElement[int] = schema.search.c["index"]
    chosen = select(index)
    if query.marks:
        marks = schema.marks.c
        index = marks["index"]
        together = schema.marks.join(schema.search, schema.search.c["index"] == index)
        chosen = select(index).select_from(together).where(marks.mark.in_(map(mark_number, query.marks)))
        if len(query.marks) > 1:
            chosen = chosen.distinct()
    if before is not None:
        chosen = chosen.where(index < before)
    return chosen.where(*_columns(query)).order_by(index.desc()).limit(limit)


def _columns(query: Query) -> list[ColumnElement[bool]]:
    found, traits = schema.search.c, schema.traits.c
    asked: list[ColumnElement[bool]] = []
    if query.since is not None:
        asked.append(found.at_us >= round(query.since * _SECOND))
    if query.until is not None:
        asked.append(found.at_us < round(query.until * _SECOND))
    if query.principal:
        asked.append(found.principal == hashed(query.principal))
    if query.app:
        asked.append(found.app == hashed(query.app))
    for column, words in ((found.tenant, query.tenants), (found.app, query.apps)):
        if words is not None:
            asked.append(column.in_(list(map(hashed, words))))
    if query.subjects:
        asked.append(found.subject.in_(list(map(hashed, query.subjects))))
    asked.extend(
        found.traits.in_(select(traits.traits).where(traits.term == term(name, word)))
        for name in _TRAITS
        if (word := getattr(query, name))
    )
    if query.exchange:
        entries = schema.entries.c
        asked.append(found["index"].in_(select(entries["index"]).where(entries.exchange == query.exchange)))
    return asked
