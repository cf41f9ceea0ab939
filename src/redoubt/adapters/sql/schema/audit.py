"""The tables of the audit log."""

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, String, Table

from redoubt.adapters.sql.schema.base import metadata

entries = Table(
    "audit_entries",
    metadata,
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("exchange", String(64), nullable=False, index=True),
    Column("subject", LargeBinary(32), nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""``body`` is the canonical entry, ``leaf`` its hash, ``sealed`` the encrypted text; ``subject`` names the data key."""

EntryRow = tuple[int, str, bytes, bytes, bytes, bytes]
"""The columns of `entries`, in their order."""

tree = Table(
    "audit_tree",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)
"""One row: the tree's frontier, changed in the transaction that appends. Its lock puts the writers in order."""

data_keys = Table(
    "audit_data_keys",
    metadata,
    Column("subject", LargeBinary(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

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
