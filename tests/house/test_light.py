"""What is not configured is not even imported."""

import subprocess
import sys

CODE = """
import sys
import redoubt.surfaces.gateway.__main__
from redoubt import compose
from redoubt.domain.settings import Settings
assert compose.telemetry(Settings()) is None
heavy = {"opentelemetry", "google.protobuf", "requests"} & set(sys.modules)
assert not heavy, heavy
"""


def test_a_gateway_without_a_collector_knows_nothing_of_opentelemetry() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
