"""Each contract of a store is run against each database that is supported."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.contract import stands


@pytest.fixture(params=stands.KINDS)
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[stands.Stand]:
    """One database; PostgreSQL is started only where a test runs against it."""
    if request.param == "sqlite":
        yield from stands.sqlite(tmp_path)
    else:
        yield from stands.postgresql(tmp_path, request.getfixturevalue("postgres"))


@pytest.fixture
def engine(stand: stands.Stand) -> Engine:
    return stand.engine
