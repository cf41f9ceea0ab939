"""Measures the tables of the audit log."""

import asyncio

from sqlalchemy import Engine, func, select

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import reading
from redoubt.adapters.sql.reading import WHAT
from redoubt.services.audit.canonical import parse
from redoubt.services.audit.lengths import Lengths


class SqlMeasuring:
    """Implements `Measuring` over SQLAlchemy."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def lengths(self) -> Lengths:
        """See `Measuring.lengths`."""
        return await asyncio.to_thread(self._lengths)

    def _lengths(self) -> Lengths:
        checkpoints = schema.checkpoints.c
        latest = select(checkpoints.size, checkpoints.at).order_by(checkpoints.size.desc()).limit(1)
        first = select(schema.pending.c.body).order_by(schema.pending.c.place).limit(1)
        with reading(self._engine, WHAT) as connection:
            size = connection.execute(select(schema.tree.c.size)).scalar_one()
            pending = connection.execute(select(func.count()).select_from(schema.pending)).scalar_one()
            oldest = connection.execute(first).scalar_one_or_none()
            keys = connection.execute(select(func.count()).select_from(schema.data_keys)).scalar_one()
            checkpoint = connection.execute(latest).one_or_none()
        signed, at = (checkpoint.size, checkpoint.at) if checkpoint is not None else (0, 0.0)
        since = parse(oldest).at if oldest is not None else 0.0
        return Lengths(int(size), int(pending), since, int(keys), int(signed), float(at))
