"""The table of entries that are acknowledged and not yet in the tree: PostgreSQL's, where many gateways write at once."""

from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, String, Table

from redoubt.adapters.sql.schema.base import metadata

pending = Table(
    "audit_pending",
    metadata,
    Column(
        "place",
        BigInteger().with_variant(Integer, "sqlite"),
        Identity(always=True),
        primary_key=True,
    ),
    Column("uid", LargeBinary(16), unique=True),
    Column("exchange", String(64), nullable=False),
    Column("subject", LargeBinary(32), nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("found_by", LargeBinary, nullable=False),
)
"""Entries as `audit_entries` has them, with what they will be found by (msgpack: the row of `audit_search`, the marks of `audit_marks`).

``place`` is counted by the server. An entry whose `append` began after that of another had returned has the higher one, whichever
gateways they came through and whatever their clocks said: so the order of places is an order in which things happened."""
