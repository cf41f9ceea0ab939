"""What one file given to Redoubt may cost, all that is packed in it included."""

import io
import zipfile
from collections.abc import Callable
from typing import BinaryIO, cast

from redoubt.domain.document import ReadLimits

_FREE = 16 * 1024 * 1024
"""So much may be unpacked before the ratio counts."""
_PIECE = 1 << 20
SMALL = 64 * 1024
"""Bytes that a bounded stream holds ready."""


class BudgetError(Exception):
    """A document takes more than is allowed."""


class Budget:
    """Counts members and unpacked bytes of one outermost file."""

    def __init__(self, limits: ReadLimits) -> None:
        self.limits = limits
        self._entries = 0
        self._unpacked = 0

    def enter(self) -> None:
        """Count a member; raises BudgetError."""
        self._entries += 1
        if self._entries > self.limits.max_entries:
            raise BudgetError(f"more than {self.limits.max_entries} members")

    def unpack(self, count: int) -> None:
        """Count unpacked bytes; raises BudgetError."""
        self._unpacked += count
        if self._unpacked > self.limits.max_unpacked:
            raise BudgetError(f"unpacks to more than {self.limits.max_unpacked} bytes")


class Packed(io.RawIOBase):
    """Reads what is unpacked from something, and stops where it turns out to be a bomb."""

    def __init__(self, file: BinaryIO, taken: Callable[[], int], budget: Budget) -> None:
        """``taken`` tells how many packed bytes what was read so far came from."""
        super().__init__()
        self._file = file
        self._taken = taken
        self._budget = budget
        self._done = 0

    def readable(self) -> bool:
        """See `io.RawIOBase`."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """See `io.RawIOBase`."""
        data = self._file.read(min(len(buffer), _PIECE))
        self._done += len(data)
        self._budget.unpack(len(data))
        ratio = self._budget.limits.max_ratio
        if self._done > max(_FREE, self._taken() * ratio):
            raise BudgetError(f"unpacks to more than {ratio} times its size")
        buffer[: len(data)] = data
        return len(data)


def packed(file: BinaryIO, taken: Callable[[], int], budget: Budget) -> BinaryIO:
    """Return ``file`` with the bounds of ``budget``."""
    return cast(BinaryIO, io.BufferedReader(Packed(file, taken, budget), SMALL))


def unpacked(file: object, member: zipfile.ZipInfo, budget: Budget) -> BinaryIO:
    """Return an open member of a zip archive with the bounds of ``budget``."""
    return packed(cast(BinaryIO, file), lambda: member.compress_size, budget)


class Rewound(io.RawIOBase):
    """A stream with its first bytes, which were read already, in front again. It counts what is read of it."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        super().__init__()
        self._head = head
        self._file = file
        self.taken = 0

    def readable(self) -> bool:
        """See `io.RawIOBase`."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """See `io.RawIOBase`."""
        if self._head:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            data = self._file.read(len(buffer))
        self.taken += len(data)
        buffer[: len(data)] = data
        return len(data)
