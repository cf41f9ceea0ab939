"""What is needed to prove the log: the hashes of its tree, and the checkpoints that were signed of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.checkpoint import SignedCheckpoint
from redoubt.services.audit.cosignature import Cosignature
from redoubt.services.audit.interface import Head


class TamperedError(ServiceError):
    """The log contradicts a checkpoint that was signed of it before: somebody changed or removed entries, or an old copy was put back."""


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry as the tree has it."""

    index: int
    leaf: bytes
    body: bytes
    """Its canonical form."""
    sealed: bytes
    """Its encrypted text; empty where it has none, or where it was not asked for."""


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint as it was kept, with what others said about it since."""

    size: int
    root: bytes
    signed: bytes
    """The note with the log's own signature alone: what a timestamp is about."""
    at: float
    """When it was kept, seconds since the epoch."""
    timestamp: bytes = b""
    """RFC 3161 response over `signed`; empty where there is none."""
    cosignatures: tuple[str, ...] = ()
    """Signature lines of witnesses, each with its newline."""

    @property
    def note(self) -> bytes:
        """The note with every signature there is."""
        return self.signed + "".join(self.cosignatures).encode()


class Prover(Protocol):
    """Reads the log as a tree. Every method raises ServiceError where the store does not answer."""

    async def head(self) -> Head:
        """Return size and root as they stand."""

    async def root(self, size: int) -> bytes:
        """Return the root of the first ``size`` entries, from the entries' hashes. Raises TamperedError where one is missing."""

    async def frontier(self, size: int) -> tuple[bytes, ...]:
        """Return the hashes of the perfect subtrees of the first ``size`` entries, largest first."""

    async def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that entry ``index`` stands in the tree of ``size``."""

    async def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of ``new`` begins with that of ``old``."""

    async def indexes(self, exchange: str, size: int, most: int) -> tuple[int, ...]:
        """Return where the entries of an exchange stand among the first ``size``, in order, no more than ``most``."""

    async def page(self, start: int, end: int, *, texts: bool) -> Sequence[LoggedEntry]:
        """Return the entries from ``start`` to before ``end``, with their encrypted texts where ``texts`` is set."""


class Checkpoints(Protocol):
    """Keeps checkpoints, for all gateways together. Every method raises ServiceError where the store does not answer."""

    async def latest(self, *, stamped: bool = False) -> KeptCheckpoint | None:
        """Return the one of the largest tree; with ``stamped``, of those with a timestamp."""

    async def of_size(self, size: int) -> KeptCheckpoint | None:
        """Return the one of that size."""

    async def sizes(self) -> Sequence[int]:
        """Return the sizes of all of them, smallest first."""

    async def keep(self, signed: SignedCheckpoint, at: float) -> bool:
        """Keep a checkpoint; return False where one of its size is kept already, which then stays as it is."""

    async def add_cosignatures(self, size: int, found: Sequence[Cosignature]) -> None:
        """Keep the cosignatures of a kept checkpoint, one for each witness's key."""

    async def add_timestamp(self, size: int, token: bytes) -> None:
        """Keep the timestamp of a kept checkpoint, unless it has one."""
