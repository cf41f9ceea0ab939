"""The table that tells one master key from another."""

from sqlalchemy import Column, Integer, LargeBinary, Table

from redoubt.adapters.sql.schema.base import metadata

master_check = Table(
    "master_check",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("value", LargeBinary(32), nullable=False),
)
"""One row: an HMAC under a key that is derived from the master key. Equal master keys give equal values; it tells nothing of the key."""
