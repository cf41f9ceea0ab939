"""INSERT that leaves rows alone which are there already, in the words of each database."""

from typing import Any

from sqlalchemy import Engine, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(engine: Engine, table: Table) -> Any:
    """Return an INSERT into ``table`` that passes over rows whose primary key is taken; its ``rowcount`` says how many were new."""
    make = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
