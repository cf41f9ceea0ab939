"""The query that finds entries.

Without a term the narrow table is read from its end; with terms, it is looked up at the entries that hold the rarest way in: the values,
else the category.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from redoubt.adapters.sql import schema
from redoubt.services.audit.search import Query, category_term, hashed, mark_term, short

_SECOND = 1_000_000


def indices(query: Query, limit: int, before: int | None) -> Select[Any]:
    """Return the query for the indices of the newest entries that ``query`` asks for, below ``before``."""
    found, terms = schema.search.c, schema.terms
    ways = _terms(query)
    if not ways:
        chosen = select(found["index"])
        index: ColumnElement[int] = found["index"]
    else:
        first = terms.alias()
        index = first.c["index"]
        together = first.join(schema.search, found["index"] == index)
        chosen = select(index).select_from(together).where(first.c.term.in_(ways[0]))
        if len(ways[0]) > 1:
            chosen = chosen.distinct()
        for way in ways[1:]:
            other = terms.alias()
            same = select(other.c["index"]).where(other.c["index"] == index, other.c.term.in_(way))
            chosen = chosen.where(same.exists())
    if before is not None:
        chosen = chosen.where(index < before)
    return chosen.where(*_columns(query)).order_by(index.desc()).limit(limit)


def _terms(query: Query) -> list[list[int]]:
    ways = []
    if query.marks:
        ways.append([mark_term(mark) for mark in query.marks])
    if query.category:
        ways.append([category_term(query.category)])
    return ways


def _columns(query: Query) -> list[ColumnElement[bool]]:
    found = schema.search.c
    asked: list[ColumnElement[bool]] = []
    if query.since is not None:
        asked.append(found.at_us >= round(query.since * _SECOND))
    if query.until is not None:
        asked.append(found.at_us < round(query.until * _SECOND))
    for column, word in (
        (found.principal, query.principal),
        (found.app, query.app),
        (found.upstream, query.upstream),
        (found.model, query.model),
    ):
        if word:
            asked.append(column == hashed(word))
    for column, words in ((found.tenant, query.tenants), (found.app, query.apps)):
        if words is not None:
            asked.append(column.in_(list(map(hashed, words))))
    if query.subjects:
        asked.append(found.subject.in_(list(map(hashed, query.subjects))))
    if query.decision:
        asked.append(found.decision == short(query.decision))
    if query.kind:
        asked.append(found.kind == short(query.kind))
    if query.exchange:
        entries = schema.entries.c
        asked.append(found["index"].in_(select(entries["index"]).where(entries.exchange == query.exchange)))
    return asked
