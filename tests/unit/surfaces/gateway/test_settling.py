"""What starting took is given back."""

import subprocess
import sys

import pytest

_SCRIPT = """
import ctypes, os
from pathlib import Path
from redoubt.surfaces.gateway.settling import settle

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

pieces = [bytes(8_000) for _ in range(8_000)]
pinned = bytes(8_000)  # at the heap's end: without it the C library gives back by itself what lies before
del pieces
before = resident()
settle()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="malloc_trim is of the GNU C library")
def test_freed_memory_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], check=True, capture_output=True, text=True)
    assert int(done.stdout) > 40_000_000
