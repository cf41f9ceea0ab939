"""The tables of the audit log."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
)

from redoubt.adapters.sql.schema.base import Index64, metadata
from redoubt.services.audit.kek import MASTER

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
"""``body`` is the canonical entry, ``leaf`` its hash, ``sealed`` the encrypted text; ``subject`` is the name of the data key; ``uid``
names the append where it may be tried again."""

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
    Column("owner", LargeBinary(32)),
    Column("period", String(7)),
    Column("kek", String(64), nullable=False, server_default=MASTER),
    Index("audit_data_keys_current", "owner", "period", unique=True),
)
"""``subject`` is the key's name, as entries say it; ``owner`` the keyed hash of whom it is of, ``period`` the month it seals, ``kek``
what it is wrapped under. Rows are only added and deleted, never named again: an entry whose key is gone finds no other."""

search = Table(
    "audit_search",
    metadata,
    Column("index", Index64, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("tenant", BigInteger, nullable=False),
    Column("subject", BigInteger, nullable=False),
    Column("principal", BigInteger, nullable=False),
    Column("app", BigInteger, nullable=False),
    Column("traits", BigInteger, nullable=False),
)
"""What entries are looked for by, as hashes (`redoubt.services.audit.search`), in rows so narrow that a million are read in no time."""

traits = Table(
    "audit_traits",
    metadata,
    Column("term", BigInteger, nullable=False),
    Column("traits", BigInteger, nullable=False),
    PrimaryKeyConstraint("term", "traits"),
    sqlite_with_rowid=False,
)
"""What the traits of entries are, once for all entries that have the same ones. No entry is named here, and no person."""

marks = Table(
    "audit_marks",
    metadata,
    Column("mark", BigInteger, nullable=False),
    Column("index", Index64, nullable=False),
    PrimaryKeyConstraint("mark", "index"),
    sqlite_with_rowid=False,
)
"""The keyed hashes of values, with the entries that they were found in."""

generation = Table(
    "audit_generation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
"""One row, whose number grows whenever data keys or fingerprints are destroyed: who holds some in memory looks here."""


subtrees = Table(
    "audit_subtrees",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)
"""Hashes of full subtrees at every eighth level, so that a proof reads hundreds of rows and not the whole log.

Made from the leaves when they are first needed; without them proofs are slower and the same.
"""

checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    Column("timestamp", LargeBinary),
)
"""``signed`` is the note with the log's own signature alone, ``timestamp`` an RFC 3161 response about it."""

cosignatures = Table(
    "audit_cosignatures",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(255), primary_key=True),
    Column("key_id", LargeBinary(4), primary_key=True),
    Column("line", String(1024), nullable=False),
)
"""What witnesses said about the checkpoint of that size: one signature line each."""
