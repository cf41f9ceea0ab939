"""Records in SQLite or PostgreSQL, by way of SQLAlchemy Core: one implementation for both."""
