"""What all tables share."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table

VERSION = 3
"""Of the tables; it moves with every release that changes them, and `redoubt.adapters.sql.migrations` says how."""
metadata = MetaData()

Index64 = BigInteger().with_variant(Integer, "sqlite")
"""An index into the log. SQLite's plain INTEGER has 64 bits, and only that one can be its row id."""

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))
