"""Every proof of every tree of up to 130 leaves verifies, and none does with one bit of it changed."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from redoubt.services.audit.proofs import (
    Subtree,
    consistency_ranges,
    extends,
    includes,
    inclusion_ranges,
    prove,
)
from redoubt.services.audit.tree import Frontier, leaf_hash, node_hash

MOST = 130
HASHES = [leaf_hash(n.to_bytes(2, "big")) for n in range(MOST)]


@cache
def hash_of(subtree: Subtree) -> bytes:
    level, place = subtree
    if level == 0:
        return HASHES[place]
    return node_hash(hash_of((level - 1, 2 * place)), hash_of((level - 1, 2 * place + 1)))


def roots() -> list[bytes]:
    tree, found = Frontier(), [Frontier().root()]
    for each in HASHES:
        tree = tree.append(each)
        found.append(tree.root())
    return found


ROOTS = roots()


def test_every_leaf_of_every_tree_is_proven() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = prove(inclusion_ranges(index, size), hash_of)
            assert includes(HASHES[index], index, size, proof, ROOTS[size])
            assert len(proof) <= (size - 1).bit_length()


def test_every_pair_of_trees_is_proven_to_be_one_log() -> None:
    for new in range(MOST + 1):
        for old in range(new + 1):
            proof = prove(consistency_ranges(old, new), hash_of)
            assert extends(old, ROOTS[old], new, ROOTS[new], proof)
            assert len(proof) <= max(new, 1).bit_length() + 1


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@given(st.data())
def test_no_bit_of_an_inclusion_proof_can_be_changed(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof = list(prove(inclusion_ranges(index, size), hash_of))
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
    assert not includes(flipped(HASHES[index], bit), index, size, proof, ROOTS[size])
    assert not includes(HASHES[index], index, size, proof, flipped(ROOTS[size], bit))
    assert not includes(HASHES[index], other, size, proof, ROOTS[size])
    proof[at] = flipped(proof[at], bit)
    assert not includes(HASHES[index], index, size, proof, ROOTS[size])


@given(st.data())
def test_no_bit_of_a_consistency_proof_can_be_changed(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, new - 1))
    proof = list(prove(consistency_ranges(old, new), hash_of))
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    assert not extends(old, flipped(ROOTS[old], bit), new, ROOTS[new], proof)
    assert not extends(old, ROOTS[old], new, flipped(ROOTS[new], bit), proof)
    proof[at] = flipped(proof[at], bit)
    assert not extends(old, ROOTS[old], new, ROOTS[new], proof)
