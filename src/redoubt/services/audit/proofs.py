"""Inclusion and consistency proofs over the log's tree: RFC 9162, sections 2.1.3 and 2.1.4.

To make a proof is to name ranges of leaves and to hash each: `inclusion_ranges` and `consistency_ranges` say which, `perfect` cuts a range
into subtrees whose hashes a store can keep, `fold` puts those together again. A proof has at most about ``log2(size)`` hashes.
"""

from collections.abc import Callable, Sequence

from redoubt.services.audit.tree import EMPTY_ROOT, HASH_BYTES, node_hash

MAX_HASHES = 63
"""In one proof; C2SP ``tlog-witness`` allows no more, and no tree that fits a machine needs them."""

Range = tuple[int, int]
"""Leaves from the first to before the second."""
Subtree = tuple[int, int]
"""Level and place: the subtree over the ``2**level`` leaves from ``place * 2**level`` on."""


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """Return the ranges whose hashes prove leaf ``index`` in a tree of ``size`` leaves, from its sibling up (RFC 9162, 2.1.3.1).

    Raises ValueError where there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("there is no such leaf in a tree of that size")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return tuple(reversed(ranges))


def consistency_ranges(old: int, new: int) -> tuple[Range, ...]:
    """Return the ranges whose hashes prove that a tree of ``new`` leaves begins with one of ``old`` (RFC 9162, 2.1.4.1).

    Nothing needs proving where ``old`` is 0 or ``new``. Raises ValueError where ``old`` is the larger.
    """
    if not 0 <= old <= new:
        raise ValueError("the older of two trees cannot be the larger one")
    if old in (0, new):
        return ()
    ranges: list[Range] = []
    start, end = 0, new
    whole = True  # the old tree is one subtree of what is looked at, and its root is known to who verifies
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
            whole = False
    if not whole:
        ranges.append((start, end))
    return tuple(reversed(ranges))


def perfect(leaves: Range) -> tuple[Subtree, ...]:
    """Cut a range that is a node of the tree into perfect subtrees, from left to right, largest first."""
    start, end = leaves
    cut: list[Subtree] = []
    while start < end:
        level = (end - start).bit_length() - 1
        cut.append((level, start >> level))
        start += 1 << level
    return tuple(cut)


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the hash of a range from those of its `perfect` subtrees; of no leaves, the root of the empty tree."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def prove(ranges: Sequence[Range], hash_of: Callable[[Subtree], bytes]) -> tuple[bytes, ...]:
    """Return the hash of each range; ``hash_of`` knows those of perfect subtrees."""
    return tuple(fold([hash_of(subtree) for subtree in perfect(leaves)]) for leaves in ranges)


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether ``proof`` shows the leaf of that hash at ``index`` of the tree of ``size`` leaves and ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(proof) > MAX_HASHES or not _are_hashes((leaf, root, *proof)):
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether ``proof`` shows that the tree of ``new`` leaves begins with the tree of ``old`` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new or len(proof) > MAX_HASHES or not _are_hashes((old_root, new_root, *proof)):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(leaves: int) -> int:
    """Return the largest power of two below ``leaves``."""
    return 1 << (leaves - 1).bit_length() - 1


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
