"""A compiled set of expressions that is run over bytes in one pass and is safe to share between threads."""

from collections.abc import Sequence
from typing import Any

import hyperscan

from redoubt.domain.errors import ConfigError


def _collect(number: int, _start: int, end: int, _flags: int, hits: Any) -> None:
    """Keep a hit; Hyperscan calls this."""
    hits.append((end, number))


class Database:
    """Expressions numbered from 0, compiled by Hyperscan."""

    __slots__ = ("_database", "_scratches")

    def __init__(self, database: hyperscan.Database) -> None:
        self._database = database
        # Hyperscan's scratch space serves one scan at a time, and a scan lets other threads run. list.pop and
        # list.append are atomic, so a scan takes a free one and puts it back.
        self._scratches = [hyperscan.Scratch(database)]

    @classmethod
    def compile(
        cls, expressions: Sequence[tuple[bytes, int]], numbers: Sequence[int] | None = None
    ) -> "Database | None":
        """Compile (expression, flags) pairs; of none, None. Raises ConfigError where Hyperscan refuses them.

        ``numbers``: what to call the expressions, where not by their places.
        """
        if not expressions:
            return None
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        try:
            database.compile(
                expressions=[expression for expression, _ in expressions],
                ids=list(range(len(expressions)) if numbers is None else numbers),
                elements=len(expressions),
                flags=[flags for _, flags in expressions],
            )
        except hyperscan.error as error:
            raise ConfigError(f"the rules cannot be compiled into one matcher: {error}") from error
        return cls(database)

    @classmethod
    def load(cls, data: bytes) -> "Database":
        """Take up what `dump` gave. Raises ConfigError where it was made by another version or for another machine.

        The bytes must be the very ones `dump` gave: whoever stores them checks their digest.
        """
        try:
            return cls(hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK))
        except hyperscan.error as error:
            raise ConfigError("the compiled matcher does not fit this machine; compile it again") from error

    def dump(self) -> bytes:
        """Return the compiled form."""
        return bytes(hyperscan.dumpb(self._database))

    def scan(self, data: bytes) -> list[tuple[int, int]]:
        """Return (end offset, number of the expression) for every match in ``data``, ascending by end."""
        hits: list[tuple[int, int]] = []
        if not data:
            return hits
        try:
            scratch = self._scratches.pop()
        except IndexError:
            scratch = hyperscan.Scratch(self._database)
        self._database.scan(data, match_event_handler=_collect, context=hits, scratch=scratch)
        self._scratches.append(scratch)
        return hits
