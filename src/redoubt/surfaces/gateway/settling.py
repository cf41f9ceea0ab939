"""What is done once, between starting and serving, for the memory of a process that runs for months."""

import contextlib
import ctypes
import gc
import sys


def settle() -> None:
    """Give back what only starting took, and keep the collector from looking through rules and policy again and again: they stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    _trim()


def _trim() -> None:
    """Return freed memory to the system; the rules leave a quarter of the heap behind when they are loaded.

    malloc_trim(3) is of the GNU C library; another one has no such function and keeps what it has.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
