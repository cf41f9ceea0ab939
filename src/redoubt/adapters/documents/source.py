"""A document that is being read: what all readers share."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from redoubt.adapters.documents.budget import Budget, BudgetError
from redoubt.domain.document import Piece, Unread

Read = Iterator[Piece | Unread]
"""What a reader yields."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document that is open for reading, from its first byte."""

    file: BinaryIO
    name: str
    head: bytes
    """Its first bytes, which were read from `file` already."""
    budget: Budget
    read: Callable[[BinaryIO, str, Budget, int], Read]
    """Reads a document that stands in this one, at the given depth."""
    depth: int = 0
    """So many archives and messages stand around it."""
    seekable: bool = False
    """Whether `file` is a real file, which need not be held in memory."""

    def whole(self) -> BinaryIO:
        """Return the document as a file that can be read from any place; raises BudgetError where that takes too much memory."""
        if self.seekable:
            self.file.seek(0)
            return self.file
        limit = self.budget.limits.max_whole
        data = self.head + self.file.read(limit + 1 - len(self.head))
        if len(data) > limit:
            raise BudgetError(
                f"larger than {limit} bytes, which is too much for a document of this kind in here"
            )
        return io.BytesIO(data)

    def bounded(self) -> bytes:
        """Return all bytes; raises BudgetError where they are too many to hold."""
        limit = self.budget.limits.max_whole
        rest = self.file.read(limit + 1 - len(self.head))
        if len(self.head) + len(rest) > limit:
            raise BudgetError(f"larger than {limit} bytes, which is too much for a document of this kind")
        return self.head + rest

    def inner(self, file: BinaryIO, name: str) -> Read:
        """Read a document that stands in this one."""
        if self.depth + 1 > self.budget.limits.max_depth:
            yield Unread(
                f"{self.name}!/{name}", f"more than {self.budget.limits.max_depth} archives inside each other"
            )
            return
        yield from self.read(file, f"{self.name}!/{name}", self.budget, self.depth + 1)


class MissingError(Exception):
    """A library of the extra `documents` is not installed."""


def missing(library: str) -> MissingError:
    """Return the error that says what to install."""
    return MissingError(f"needs {library}: pip install 'redoubt-ai[documents]'")
