"""The tables of what is held, what was erased, and who asked to see a text."""

from sqlalchemy import Column, Float, Integer, LargeBinary, String, Table, Text

from redoubt.adapters.sql.schema.base import Index64, metadata

holds = Table(
    "audit_holds",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False, index=True),
    Column("tenant", String(200), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Float, nullable=False),
    Column("until", Float),
    Column("released_at", Float),
    Column("released_by", String(200)),
)
"""``owner`` is the keyed hash of tenant and subject, as of data keys; a hold that was released stays as a record."""

erasures = Table(
    "audit_erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", LargeBinary(32)),
    Column("period", String(7)),
    Column("by", String(200), nullable=False),
    Column("at", Float, nullable=False),
    Column("keys", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
)
"""One row for each time that data keys were destroyed: of one person, or of the months before ``period``."""

reveals = Table(
    "audit_reveals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("exchange", String(64), nullable=False, index=True),
    Column("below", Index64, nullable=False),
    Column("reason", Text, nullable=False),
    Column("tenant", String(200), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("approved_by", String(200)),
    Column("approved_at", Float),
    Column("opened_at", Float),
)
"""Requests to see the texts of an exchange.

Entries from ``below`` on came later and are not meant; ``expires_at`` is when the request, or its approval, lapses.
"""
