"""Counters of limits in a database: jobs that come together are done in one transaction.

SQLite has one writer at a time. In PostgreSQL a lock of ours puts the batches of all gateways in order, so that counters need no locks of
their own and no two gateways can wait for each other.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection, Engine, Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import writing
from redoubt.domain.errors import ServiceError
from redoubt.services.limits.counters import Gauge, Job, Look, Taken
from redoubt.services.limits.tally import Tally, over
from redoubt.services.limits.work import draws_of, work

WHAT = "the counters of limits"
LOCK = 7_310_579_001
"""Of PostgreSQL's advisory locks; any number that nobody else uses."""
LOCK_MS = 2_000
"""How long a batch waits for others' batches, and how long one statement may take."""
LARGEST = 500
"""Counters in one statement."""

_decode = msgspec.json.Decoder(Tally).decode
_encode = msgspec.json.Encoder().encode


class SqlCounters:
    """Implements `Backend` over SQLAlchemy."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] | None = None) -> None:
        """``clock``: seconds since the epoch; None: the database's own, where it has one, so that all gateways agree."""
        self._engine = engine
        self._clock = clock
        self._server = engine.dialect.name == "postgresql"
        into = postgresql.insert if self._server else sqlite.insert
        self._write = _upsert(into(schema.counters))

    def run(self, jobs: Sequence[Job]) -> Sequence[Taken | Exception]:
        """See `Backend.run`."""
        gauges: dict[str, Gauge] = {draw.counter: draw.gauge for job in jobs for draw in draws_of(job)}
        with writing(self._engine, WHAT) as connection:
            now = self._begin(connection)
            tallies: defaultdict[str, Tally] = defaultdict(Tally)
            for names in _cut(sorted(gauges)):
                stored = schema.counters.c
                rows = connection.execute(
                    select(stored.counter, stored.tally).where(stored.counter.in_(names))
                )
                for name, tally in rows:
                    tallies[name] = _read(tally)
            results = [work(job, tallies, now) for job in jobs]
            changed = {draw.counter for job in jobs if not isinstance(job, Look) for draw in draws_of(job)}
            values = [
                {
                    "counter": name,
                    "tally": _encode(tallies[name]),
                    "over_at_ms": over(gauges[name], tallies[name], now),
                }
                for name in sorted(changed)
            ]
            if values:
                connection.execute(self._write, values)
        return results

    def purge(self) -> int:
        """See `Backend.purge`."""
        with writing(self._engine, WHAT) as connection:
            done = schema.counters.c.over_at_ms <= self._begin(connection)
            return connection.execute(delete(schema.counters).where(done)).rowcount

    def close(self) -> None:
        """Nothing of its own is open."""

    def _begin(self, connection: Connection) -> int:
        """Wait for our turn; return the time (milliseconds since the epoch)."""
        now = int((self._clock or time.time)() * 1000)
        if not self._server:
            return now
        # One statement, so one round trip; what stands in its list is done from left to right.
        said = connection.execute(
            select(
                func.set_config("statement_timeout", str(LOCK_MS), True),
                func.pg_advisory_xact_lock(LOCK),
                func.floor(func.extract("epoch", func.clock_timestamp()) * 1000),
            )
        ).one()
        return now if self._clock is not None else int(said[2])


def _read(stored: bytes) -> Tally:
    try:
        return _decode(stored)
    except msgspec.MsgspecError:
        raise ServiceError(
            f"{WHAT}: a stored count cannot be read; what it counted is unknown, so delete its row in limit_counters"
        ) from None


def _cut(names: list[str]) -> list[list[str]]:
    return [names[first : first + LARGEST] for first in range(0, len(names), LARGEST)]


def _upsert(new: "postgresql.Insert | sqlite.Insert") -> Insert:
    changes = {"tally": new.excluded.tally, "over_at_ms": new.excluded.over_at_ms}
    return new.on_conflict_do_update(index_elements=["counter"], set_=changes)
