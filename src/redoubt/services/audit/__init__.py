"""The append-only record of every exchange."""
