"""PostgreSQL by way of psycopg 3: no wait without an end, whatever has become of the server or of the network between.

Two clocks bound a statement. The server's ends one that runs or waits for a lock too long; ours ends the wait for a server that says
nothing at all: it was cut off, and neither side of a connection learns that by itself.
"""

from collections.abc import Generator
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, create_engine, event

NETWORK_SECONDS = 2.0
"""So much longer we wait than the server may work."""
IDLE_SECONDS = 30
"""A transaction in which nothing is asked for so long is over: whoever held it is gone, and its locks must not stay."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long PostgreSQL may take, and how many connections a process has."""

    connect_timeout: float = 5.0
    """Seconds until a connection stands, and until one of the pool is free."""
    statement_timeout: float = 10.0
    """Seconds for one statement, its wait for locks included."""
    pool_size: int = 8


def open_postgres(url: URL, bounds: Bounds) -> Engine:
    """Return an engine; nothing is connected yet."""
    engine = create_engine(
        url,
        pool_size=bounds.pool_size,
        max_overflow=0,
        pool_timeout=bounds.connect_timeout,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={
            # libpq takes whole seconds, and takes 1 for 2.
            "connect_timeout": max(2, round(bounds.connect_timeout)),
            "tcp_user_timeout": round((bounds.statement_timeout + NETWORK_SECONDS) * 1000),
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "application_name": "redoubt",
        },
    )
    patience = bounds.statement_timeout + NETWORK_SECONDS

    @event.listens_for(engine, "do_connect")
    def do_connect(_dialect: Any, _record: Any, args: Any, options: Any) -> "PatientConnection":
        connection = PatientConnection.connect(*args, **options)
        connection.patience = patience
        return connection

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, (round(bounds.statement_timeout * 1000),))
        connection.commit()

    return engine


_SESSION = f"""
SELECT set_config('statement_timeout', %s::text, false),
       set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', false),
       set_config('tcp_keepalives_idle', '10', false),
       set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '3', false),
       CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
"""
"""How a session is set up. A server that is told to forget the last commits when it dies is told better: an entry is durable or refused."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for its server so long, and no longer."""

    patience = 10.0
    """Seconds."""

    def wait(self, gen: Any, *args: Any, **how: Any) -> Any:
        """Run one dialogue with the server. Raises OperationalError where it falls silent; the connection is closed then."""
        try:
            return super().wait(self._until(monotonic() + self.patience, gen), *args, **how)
        except _SilentError:
            self.pgconn.finish()
            raise

    def _until(self, end: float, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        try:
            state = next(gen)
            while True:
                ready = yield state
                if not ready and monotonic() > end:
                    raise _SilentError(f"PostgreSQL said nothing for {self.patience:g} s")
                state = gen.send(ready)
        except StopIteration as done:
            return done.value


class _SilentError(psycopg.OperationalError):
    """The server does not answer any more."""
