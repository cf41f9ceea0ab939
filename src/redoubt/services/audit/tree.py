"""The hash tree over the log: RFC 9162, section 2.1 (SHA-256).

Only the tree's frontier is kept: the roots of the perfect subtrees that the leaves fill from left to right, one for each one-bit of the
size. Appending costs O(1) hashes amortised, the root O(log n).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162, 2.1.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 of a zero byte and the data."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 of a one byte and both children."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of ``size`` leaves, remembered by its perfect subtrees, largest first."""

    size: int = 0
    subtrees: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """Return the tree with one more leaf (its hash)."""
        return self.extended((leaf,))

    def extended(self, leaves: Iterable[bytes]) -> "Frontier":
        """Return the tree with more leaves (their hashes), one behind the other."""
        tree = Growing(self.size, self.subtrees)
        for leaf in leaves:
            tree.append(leaf)
        return tree.frontier()

    def root(self) -> bytes:
        """Return the root hash."""
        if not self.subtrees:
            return EMPTY_ROOT
        root = self.subtrees[-1]
        for subtree in reversed(self.subtrees[:-1]):
            root = node_hash(subtree, root)
        return root

    def to_bytes(self) -> bytes:
        """Return the subtrees' hashes, one after the other; `from_bytes(f.size, f.to_bytes()) == f`."""
        return b"".join(self.subtrees)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "Frontier":
        """Return the frontier that `to_bytes` wrote; raises ValueError where it cannot be one of ``size`` leaves."""
        if len(data) != HASH_BYTES * size.bit_count():
            raise ValueError("the frontier does not fit the size of the tree")
        return cls(size, tuple(data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)))


class Growing:
    """A `Frontier` that is changed in place, for those who append very many leaves."""

    __slots__ = ("_subtrees", "size")

    def __init__(self, size: int = 0, subtrees: Sequence[bytes] = ()) -> None:
        """Begin with a tree of ``size`` leaves; raises ValueError where ``subtrees`` cannot be its own."""
        if len(subtrees) != size.bit_count() or any(len(each) != HASH_BYTES for each in subtrees):
            raise ValueError("the frontier does not fit the size of the tree")
        self._subtrees = list(subtrees)
        self.size = size

    def append(self, leaf: bytes) -> None:
        """Add a leaf (its hash)."""
        subtrees, rest = self._subtrees, self.size
        while rest & 1:
            leaf = sha256(b"\x01" + subtrees.pop() + leaf).digest()
            rest >>= 1
        subtrees.append(leaf)
        self.size += 1

    def frontier(self) -> Frontier:
        """Return the tree as it is now."""
        return Frontier(self.size, tuple(self._subtrees))

    def root(self) -> bytes:
        """Return the root hash."""
        return self.frontier().root()
