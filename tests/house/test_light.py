"""What is not configured is not even imported."""

import subprocess
import sys

COMPOSE = """
import sys
import redoubt.compose
heavy = {"alembic", "cryptography", "onnxruntime", "numpy", "opentelemetry", "redis", "sqlalchemy", "asyncio"} & set(sys.modules)
assert not heavy, heavy
ours = {name for name in sys.modules if name.startswith("redoubt.")}
assert all(name.startswith(("redoubt.compose", "redoubt.domain")) for name in ours), ours
"""
GATEWAY = """
import sys
import redoubt.surfaces.gateway.__main__
from redoubt import compose
from redoubt.domain.settings import Settings
assert compose.telemetry(Settings()) is None
heavy = {"opentelemetry", "google.protobuf", "requests"} & set(sys.modules)
assert not heavy, heavy
"""


def test_who_only_asks_compose_has_imported_nothing_yet() -> None:
    run(COMPOSE)


def test_a_gateway_without_a_collector_knows_nothing_of_opentelemetry() -> None:
    run(GATEWAY)


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
