"""What the process does when it is told something by a signal."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOP = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told(stop: Callable[[], None], reload: Callable[[], None]) -> Iterator[None]:
    """Within, SIGTERM and SIGINT call ``stop`` (each of them, so that a second one may hurry), SIGHUP calls ``reload``."""
    loop = asyncio.get_running_loop()
    for number in STOP:
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield
    finally:
        for number in (*STOP, signal.SIGHUP):
            loop.remove_signal_handler(number)
