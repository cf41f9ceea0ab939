"""The tables of the audit log."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from redoubt.adapters.sql.schema.base import Index64, metadata

entries = Table(
    "audit_entries",
    metadata,
    Column("index", Index64, primary_key=True, autoincrement=False),
    Column("exchange", String(64), nullable=False, index=True),
    Column("subject", LargeBinary(32), nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("uid", LargeBinary(16)),
)
"""``body`` is the canonical entry, ``leaf`` its hash, ``sealed`` the encrypted text; ``subject`` names the data key; ``uid`` names the
append where it may be tried again."""

entries_by_uid = Index(
    "audit_entries_uid",
    entries.c.uid,
    unique=True,
    sqlite_where=entries.c.uid.is_not(None),
    postgresql_where=entries.c.uid.is_not(None),
)

EntryRow = tuple[int, str, bytes, bytes, bytes, bytes, bytes | None]
"""The columns of `entries`, in their order."""

tree = Table(
    "audit_tree",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("size", Index64, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)
"""One row: the tree's frontier, changed in the transaction that appends. Its lock puts the writers in order."""

data_keys = Table(
    "audit_data_keys",
    metadata,
    Column("subject", LargeBinary(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
