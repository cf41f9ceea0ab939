"""What all tables share."""

from sqlalchemy import Column, Integer, MetaData, Table

VERSION = 3
"""Of the tables; it moves with every release that changes them, and `redoubt.adapters.sql.migrations` says how."""
metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))
