"""The tables of principals, of what they may do, and of their credentials."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, LargeBinary, String, Table

from redoubt.adapters.sql.schema.base import metadata

directory = Table(
    "directory",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
"""One row, which every change of the tables below changes first: its lock puts the writers in order, and its number says what is stale."""

principals = Table(
    "principals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("app", String(200), nullable=False),
    Column("trusted", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("disabled_at", Float),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("principal", String(64), nullable=False, index=True),
    Column("group", String(200), nullable=False),
    Column("role", String(64), nullable=False),
    Column("app", String(200), nullable=False),
    Column("upstream", String(200), nullable=False),
    Column("model", String(200), nullable=False),
    Column("collection", String(200), nullable=False),
    Column("created_at", Float, nullable=False),
)
"""``principal`` or ``group`` is empty."""

roles = Table(
    "roles",
    metadata,
    Column("tenant", String(200), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("actions", String, nullable=False),
)
"""Roles of one's own; ``actions`` are separated by spaces."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("principal", String(64), ForeignKey("principals.id"), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("prefix", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("scopes", String, nullable=False),
    Column("addresses", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("revoked_at", Float),
    Column("former", LargeBinary(32)),
    Column("overlap_until", Float),
    Column("last_used_at", Float),
    Column("per_second", Integer),
    Column("per_minute", Integer),
)
"""``digest`` is the keyed hash of the secret, ``former`` that of the one before, good until ``overlap_until``; ``scopes`` and
``addresses`` are separated by spaces."""
