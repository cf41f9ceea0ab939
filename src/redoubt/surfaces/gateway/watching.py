"""Notices that files changed, by looking at them now and then: that works on every file system, and over a network too."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from pathlib import Path

LOOK_SECONDS = 2.0
"""Between two looks."""

_Look = tuple[tuple[int, int, int] | None, ...]


async def watch(
    files: Sequence[Path], changed: Callable[[], Awaitable[None]], every: float = LOOK_SECONDS
) -> None:
    """Call ``changed`` whenever the files hold something else than before, until cancelled.

    A file is taken for written when two looks see it alike: half a policy may well be one that denies less. One that was
    merely touched, or saved as it was, has not changed.
    """
    known = await asyncio.to_thread(_digest, files)
    settled = seen = await asyncio.to_thread(_look, files)
    while True:
        await asyncio.sleep(every)
        last, seen = seen, await asyncio.to_thread(_look, files)
        if seen == settled or seen != last:
            continue
        settled = seen
        digest = await asyncio.to_thread(_digest, files)
        if digest != known:
            known = digest
            await changed()


def _look(files: Sequence[Path]) -> _Look:
    return tuple(map(_stat, files))


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(files: Sequence[Path]) -> bytes:
    digest = sha256()
    for path in files:
        try:
            data = path.read_bytes()
        except OSError:
            data = b"\0missing"
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
