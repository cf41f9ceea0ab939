"""The table of the counters of limits."""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from redoubt.adapters.sql.schema.base import metadata

counters = Table(
    "limit_counters",
    metadata,
    Column("counter", String(32), primary_key=True),
    Column("tally", LargeBinary, nullable=False),
    Column("over_at_ms", BigInteger, nullable=False, index=True),
)
"""``tally`` is a `redoubt.services.limits.tally.Tally` as JSON; from ``over_at_ms`` on (since the epoch) it holds nothing any more."""
