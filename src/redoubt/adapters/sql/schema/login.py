"""The table of people who are logged in with a browser."""

from sqlalchemy import Column, Float, LargeBinary, Table

from redoubt.adapters.sql.schema.base import metadata

login_sessions = Table(
    "login_sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("used_at", Float, nullable=False, index=True),
    Column("ends_at", Float, nullable=False, index=True),
)
"""``digest`` is the keyed hash of a session's secret, ``sealed`` holds who it is: the table names nobody."""
