"""More time for the few statements that may take long: bringing tables up to date, writing them anew."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

HOUR = 3600.0


@contextmanager
def unhurried(connection: Connection, seconds: float = HOUR) -> Iterator[None]:
    """Let statements on ``connection`` to PostgreSQL take so long, their waits for locks included; SQLite knows no such limit."""
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = (
        connection.connection.driver_connection
    )  # a `redoubt.adapters.sql.postgres.PatientConnection`
    patience = driver.patience
    before = connection.exec_driver_sql("SHOW statement_timeout").scalar_one()
    connection.exec_driver_sql(f"SET statement_timeout = {round(seconds * 1000)}")
    driver.patience = seconds + patience
    try:
        yield
    finally:
        driver.patience = patience
        with suppress(SQLAlchemyError):  # of a transaction that failed, the setting fails with it
            connection.exec_driver_sql(f"SET statement_timeout = '{before}'")
