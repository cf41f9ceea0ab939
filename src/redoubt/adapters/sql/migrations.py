"""From one version of the tables to the next. A step makes what is new and changes what was there; it never touches an entry's bytes.

Run inside the transaction that opens the database, so that an upgrade happens whole or not at all.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, LargeBinary, String, insert, inspect, select, update

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.principals_of_keys import principals_of_keys
from redoubt.services.audit import search
from redoubt.services.audit.canonical import parse
from redoubt.services.audit.kek import MASTER
from redoubt.services.audit.sealing import period

BATCH = 1_000


def nothing(_operations: Operations) -> None:
    """Do nothing: the version only added tables."""


@dataclass(frozen=True, slots=True)
class Step:
    """What leads to one version."""

    what: str
    """For the operator: what is done, and what takes long."""
    run: Callable[[Operations], None] = nothing
    """Changes the tables that were there; those that are new are made already."""


def planned(found: int) -> tuple[str, ...]:
    """Say what `upgrade` would do to tables of version ``found``."""
    return tuple(
        f"to version {version}: {_STEPS[version].what}" for version in range(found + 1, schema.VERSION + 1)
    )


def upgrade(connection: Connection, found: int) -> None:
    """Bring tables of version ``found`` to `schema.VERSION`, step by step."""
    operations = Operations(MigrationContext.configure(connection))
    # Makes the tables that are missing, and leaves those that are there.
    schema.metadata.create_all(connection)
    for version in range(found + 1, schema.VERSION + 1):
        _STEPS[version].run(operations)


def _to_3(operations: Operations) -> None:
    """Add columns to tables that version 2 had; make the old entries findable."""
    connection = operations.get_bind()
    keys = schema.data_keys.name
    operations.add_column(keys, Column("owner", LargeBinary(32)))
    operations.add_column(keys, Column("period", String(7)))
    operations.add_column(keys, Column("kek", String(64), nullable=False, server_default=MASTER))
    operations.create_index("audit_data_keys_current", keys, ["owner", "period"], unique=True)
    operations.add_column(schema.sessions.name, Column("owner", LargeBinary(32)))
    if "person" not in {each["name"] for each in inspect(connection).get_columns(schema.fingerprints.name)}:
        operations.add_column(schema.fingerprints.name, Column("person", LargeBinary(16)))
    operations.create_index("vault_sessions_owner", schema.sessions.name, ["owner"])
    operations.add_column(schema.entries.name, Column("uid", LargeBinary(16)))
    schema.entries_by_uid.create(connection)
    if connection.dialect.name == "postgresql":
        # 32 bits are full after some months of heavy use; SQLite's integers have 64 anyway.
        operations.alter_column(schema.entries.name, "index", type_=schema.Index64)
        operations.alter_column(schema.tree.name, "size", type_=schema.Index64)
    connection.execute(insert(schema.generation).values(id=1, number=0))
    _fill_search(connection)
    principals_of_keys(connection)


def _fill_search(connection: Connection) -> None:
    """Write what entries are found by, and say of each data key whose it is and what was the last month that it sealed."""
    entries, last, latest = schema.entries.c, -1, dict[bytes, float]()
    key, known = secrets.token_bytes(32), set[int]()
    while True:
        chosen = select(entries["index"], entries.subject, entries.body).where(entries["index"] > last)
        rows = connection.execute(chosen.order_by(entries["index"]).limit(BATCH)).all()
        if not rows:
            break
        found_by: list[dict[str, int]] = []
        traits: list[dict[str, int]] = []
        for index, name, body in rows:
            entry = parse(body)
            latest[name] = max(entry.at, latest.get(name, 0.0))
            number, terms = search.traits(entry, key)
            found_by.append(
                dict(zip(schema.search.c.keys(), (index, *search.row(entry, number)), strict=True))
            )
            if number not in known:
                known.add(number)
                traits.extend({"term": term, "traits": number} for term in terms)
        connection.execute(insert(schema.search), found_by)
        if traits:
            connection.execute(insert(schema.traits), traits)
        last = rows[-1][0]
    keys = schema.data_keys
    for name, at in latest.items():  # the name of an old key is the keyed hash of its owner
        connection.execute(update(keys).where(keys.c.subject == name).values(owner=name, period=period(at)))


_STEPS = {
    2: Step("add the table of fingerprints"),
    3: Step(
        "add the tables of the ledger, and an id to each entry; make a principal of each key; "
        "on PostgreSQL widen the index of entries to 64 bits, "
        "which writes that table anew (about a minute for ten million entries)",
        _to_3,
    ),
}
"""By the version they lead to."""
