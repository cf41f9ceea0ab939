"""Unpredictable bytes in small pieces, without a system call for each.

Where threads share an interpreter, a system call is also the moment at which another thread may take its turn: asked for 12 bytes, the
operating system answers in one microsecond, and the thread that asked goes on milliseconds later.
"""

import os

_DRAWN = 8192


class BufferedRandom:
    """Hands out bytes of `os.urandom`, each once, also across a fork. For one thread at a time."""

    __slots__ = ("_buffer", "_owner", "_place")

    def __init__(self) -> None:
        self._buffer = b""
        self._place = 0
        self._owner = 0

    def __call__(self, size: int) -> bytes:
        """Return ``size`` unpredictable bytes."""
        end = self._place + size
        if end > len(self._buffer) or self._owner != os.getpid():
            self._buffer = os.urandom(max(_DRAWN, size))
            self._owner = os.getpid()
            self._place, end = 0, size
        start, self._place = self._place, end
        return self._buffer[start:end]
