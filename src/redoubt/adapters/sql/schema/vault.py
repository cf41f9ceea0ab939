"""The tables of pseudonyms and of the fingerprints of values."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table

from redoubt.adapters.sql.schema.base import metadata

sessions = Table(
    "vault_sessions",
    metadata,
    Column("scope", LargeBinary(32), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
    Column("owner", LargeBinary(32)),
    Index("vault_sessions_owner", "owner"),
)
"""``scope`` is a keyed hash, ``owner`` that of the person whose aliases they are; none where what is kept names nobody."""

aliases = Table(
    "vault_aliases",
    metadata,
    Column(
        "scope", LargeBinary(32), ForeignKey("vault_sessions.scope", ondelete="CASCADE"), primary_key=True
    ),
    Column("alias", LargeBinary(32), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("vault_aliases_order", "scope", "position"),
)
"""``scope`` and ``alias`` are keyed hashes, ``sealed`` holds pseudonym, value and category: the tables name nobody."""

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("mark", LargeBinary(16), primary_key=True),
    Column("owner", LargeBinary(16), primary_key=True),
    Column("seen_at", Float, nullable=False, index=True),
    Column("person", LargeBinary(16)),
)
"""``mark`` is the keyed hash of a value, ``owner`` that of who wrote it, ``person`` that of whom it is about."""
