"""The tables of principals and their credentials."""

from sqlalchemy import Column, Float, Integer, LargeBinary, String, Table

from redoubt.adapters.sql.schema.base import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("prefix", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("app", String(200), nullable=False),
    Column("role", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("revoked_at", Float),
    Column("per_second", Integer),
    Column("per_minute", Integer),
)
