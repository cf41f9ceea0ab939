"""How the whole suite runs: hypothesis profiles, and the rules alone wherever a test does not ask for the guard models."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import Postgres, Redis, new_postgres, new_redis
from tests.tls import LOCAL, certificate

# No deadlines: a busy machine must not fail a property that holds.
# CI repeats the same examples, so that a change is judged by what it changed; everywhere else each run tries new ones.
settings.register_profile(
    "default",
    deadline=None,
    max_examples=60,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# What weights of a certain training say is no promise of Redoubt's. The guard's own tests bring weights of their own and switch it on.
os.environ["REDOUBT_MODELS__ENABLED"] = "false"

# Nobody out there is trusted. It also takes a client a millisecond to read one certificate, and fifty to read the system's.
_folder = TemporaryDirectory(prefix="redoubt-tls-")
os.environ["SSL_CERT_FILE"] = str(certificate(Path(_folder.name), LOCAL).file)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a process: make a database in it. A test that stops or kills one starts its own."""
    server = new_postgres()
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """One Redis for all tests of a process: use keys of your own. A test that stops or kills one starts its own."""
    server = new_redis()
    yield server
    server.close()
