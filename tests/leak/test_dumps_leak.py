"""Promise 2: a gateway that crashes leaves no dump of its memory; its database is nobody else's, whatever names it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from redoubt import compose
from tests.e2e.process import Process, install
from tests.e2e.rig import new_key

CONFIG = """
[server]
port = 0
[store]
data_dir = "DATA"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_gateway_cannot_be_dumped(tmp_path: Path) -> None:
    process = Process(install(tmp_path, CONFIG))
    try:
        about = Path("/proc") / str(process.pid)
        core = [line.split() for line in (about / "limits").read_text().splitlines() if "core" in line]
        assert core[0][4:6] == ["0", "0"]
    finally:
        process.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="asks prctl")
def test_nor_by_a_program_that_takes_dumps() -> None:
    """Such a program (`core_pattern`) is not bound by the limit."""
    code = (
        "import ctypes; from redoubt.surfaces.gateway.dumps import forbid; get = ctypes.CDLL(None).prctl; "
        "print(get(3)); forbid(); print(get(3))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["1", "0"]


def test_a_database_that_the_settings_name_is_private_too(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        url = f'url = "sqlite:///{tmp_path}/records.db"'
        settings = install(tmp_path, CONFIG + url).settings
        stores = compose.stores(settings, compose.keyring(settings, {}))
        new_key(stores)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("records.db*")}
        stores.dispose()
    finally:
        os.umask(old)
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}
