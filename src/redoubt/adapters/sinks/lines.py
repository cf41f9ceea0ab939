"""Lines in a file, or on standard output."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from redoubt.services.telling.interface import Told, UndeliveredError

Line = Callable[[Told], bytes]
"""Returns an entry as one line, without its end."""


def lines(batch: Sequence[Told], line: Line) -> bytes:
    """Return a batch as lines."""
    return b"".join([line(told) + b"\n" for told in batch])


class FileSink:
    """A file of ours alone (0600) that is rotated by size: ``events.jsonl`` is written, ``events.jsonl.1`` the last full one, and so on.

    A batch is on the disk when `deliver` returns; one that could not be written whole is taken out again. What a process left that died
    while it wrote is no whole line, and ends where the next batch begins.
    """

    def __init__(self, path: Path, line: Line, *, max_bytes: int, keep: int) -> None:
        self._path, self._line, self._max_bytes, self._keep = path, line, max_bytes, keep

    async def deliver(self, batch: Sequence[Told]) -> None:
        """See `Sink.deliver`."""
        try:
            await asyncio.to_thread(self._write, batch)
        except OSError as error:
            raise UndeliveredError(f"its file cannot be written ({type(error).__name__})") from None

    async def aclose(self) -> None:
        """See `Sink.aclose`; nothing is held open."""

    def _write(self, batch: Sequence[Told]) -> None:
        data = lines(batch, self._line)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(self._path, flags, 0o600)
        try:
            before = os.fstat(file).st_size
            if before and before + len(data) > self._max_bytes:
                os.close(file)
                file = -1
                self._rotate()
                file = os.open(self._path, flags, 0o600)
                before = os.fstat(file).st_size
            if before and os.pread(file, 1, before - 1) != b"\n":
                data = b"\n" + data
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(file, rest) :]
                os.fsync(file)
            except OSError:
                os.ftruncate(file, before)
                raise
        finally:
            if file >= 0:
                os.close(file)

    def _rotate(self) -> None:
        for number in range(self._keep - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        if self._keep:
            self._path.replace(self._numbered(1))
        else:
            self._path.unlink()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


class OutputSink:
    """Standard output, for those who collect it."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def deliver(self, batch: Sequence[Told]) -> None:
        """See `Sink.deliver`."""
        try:
            await asyncio.to_thread(_print, batch, self._line)
        except (OSError, ValueError) as error:
            raise UndeliveredError(f"standard output cannot be written ({type(error).__name__})") from None

    async def aclose(self) -> None:
        """See `Sink.aclose`."""


def _print(batch: Sequence[Told], line: Line) -> None:
    sys.stdout.buffer.write(lines(batch, line))
    sys.stdout.buffer.flush()
