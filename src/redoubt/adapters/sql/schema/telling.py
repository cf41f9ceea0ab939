"""The table of those who are told what the audit log holds."""

from sqlalchemy import BigInteger, Column, Float, String, Table

from redoubt.adapters.sql.schema.base import metadata

cursors = Table(
    "audit_cursors",
    metadata,
    Column("sink", String(64), primary_key=True),
    Column("next", BigInteger, nullable=False),
    Column("holder", String(64), nullable=False),
    Column("held_until", Float, nullable=False),
)
"""``next`` is the index of the first entry that the sink has not been told; ``holder`` the gateway that tells it until ``held_until``."""
