import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from redoubt.services.entropy import BufferedRandom

FORKS = """
import os
from redoubt.services.entropy import BufferedRandom
random = BufferedRandom()
random(8)
child, parent = os.pipe()
if os.fork() == 0:
    os.write(parent, random(32))
    os._exit(0)
os.wait()
print(os.read(child, 32) == random(32))
"""


@given(st.lists(st.integers(0, 20_000), max_size=20))
def test_as_many_bytes_as_asked_for(sizes: list[int]) -> None:
    random = BufferedRandom()
    assert [len(random(size)) for size in sizes] == sizes


def test_no_byte_is_handed_out_twice() -> None:
    random = BufferedRandom()
    pieces = [random(12) for _ in range(5000)]
    assert len(set(pieces)) == 5000
    assert len({byte for piece in pieces for byte in piece}) == 256


def test_a_child_process_draws_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
