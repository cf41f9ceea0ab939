"""The statements that append to the audit log, rendered once for the driver."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Engine, Table, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

from redoubt.adapters.sql import schema

LARGEST = 64
"""Rows in one INSERT: one statement of many rows lets go of the interpreter once, many of one row at each row."""


class Statements:
    """The statements as the driver takes them, with parameters by place."""

    def __init__(self, engine: Engine) -> None:
        style: Any = "qmark" if engine.dialect.paramstyle == "qmark" else "format"
        kind: Any = type(engine.dialect)
        dialect = kind(paramstyle=style)
        into = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

        def rendered(statement: Executable) -> str:
            return str(statement.compile(dialect=dialect))  # type: ignore[attr-defined]

        def adding(table: Table) -> Callable[[int], str]:
            row = dict.fromkeys(table.c.keys())
            return cache(lambda count: rendered(insert(table).values([row] * count)))

        def adding_new(table: Table, *unique: str) -> Callable[[int], str]:
            row = dict.fromkeys(column.name for column in table.c if column.identity is None)
            new = into(table)
            return cache(
                lambda count: rendered(
                    new.values([row] * count).on_conflict_do_nothing(index_elements=unique)
                )
            )

        def data_keys(count: int) -> str:
            wanted = or_(*((keys.c.owner == b"") & (keys.c.period == "") for _ in range(count)))
            return rendered(
                select(keys.c.owner, keys.c.period, keys.c.subject, keys.c.kek, keys.c.wrapped).where(wanted)
            )

        tree, keys, generation = schema.tree, schema.data_keys, schema.generation
        self.tree = rendered(select(tree.c.size, tree.c.frontier).where(tree.c.id == 1).with_for_update())
        self.set_tree = rendered(update(tree).where(tree.c.id == 1).values(size=0, frontier=b""))
        self.generation = rendered(
            select(generation.c.number).where(generation.c.id == 1).with_for_update(read=True)
        )
        self.data_keys = cache(data_keys)
        self.add_data_keys = adding_new(keys, "owner", "period")
        self.add_traits = adding_new(schema.traits, "term", "traits")
        self.add_entries = adding(schema.entries)
        self.add_search = adding(schema.search)
        self.add_marks = adding(schema.marks)
        uid = schema.entries.c.uid
        self.known = cache(
            lambda count: rendered(select(uid).where(or_(*(uid == b"" for _ in range(count)))))
        )
        self.add_pending = adding_new(schema.pending, "uid")
        self.last_pending = "SELECT max(place) FROM audit_pending"
        self.take_pending = _TAKE_PENDING


_TAKE_PENDING = """
WITH moved AS (
    DELETE FROM audit_pending
    WHERE place IN (SELECT place FROM audit_pending WHERE place <= %s ORDER BY place LIMIT %s) RETURNING *
), fresh AS (
    SELECT moved.*, row_number() OVER (ORDER BY place) - 1 AS n FROM moved
    WHERE uid IS NULL OR (SELECT true FROM audit_entries AS old WHERE old.uid = moved.uid) IS NULL
), stored AS (
    INSERT INTO audit_entries ("index", exchange, subject, leaf, body, sealed, uid)
    SELECT %s + n, exchange, subject, leaf, body, sealed, uid FROM fresh
)
SELECT fresh.place IS NOT NULL, moved.leaf, moved.found_by FROM moved LEFT JOIN fresh USING (place) ORDER BY moved.place
"""
"""PostgreSQL alone has pending entries. Bodies and texts do not leave the server."""
