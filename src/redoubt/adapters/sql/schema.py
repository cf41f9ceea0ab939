"""The tables. `VERSION` moves with every change to them; so far each change added a table, which is made where it is missing."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table

VERSION = 2
metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

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

sessions = Table(
    "vault_sessions",
    metadata,
    Column("scope", LargeBinary(32), primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
)

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
)
"""``mark`` is the keyed hash of a value, ``owner`` that of who wrote it."""
