"""The proofs are the published ones of Certificate Transparency's reference tree of eight leaves.

Source: https://github.com/transparency-dev/merkle, ``testonly/reference_test.go`` and ``testonly/constants.go``.
"""

import pytest

from redoubt.services.audit.proofs import (
    MAX_HASHES,
    Subtree,
    consistency_ranges,
    extends,
    fold,
    includes,
    inclusion_ranges,
    perfect,
    prove,
)
from redoubt.services.audit.tree import EMPTY_ROOT, leaf_hash, node_hash
from tests.unit.services.audit.test_tree import LEAVES, ROOTS

HASHES = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
C = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
D = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
E = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
F = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
G = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
H = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
K = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


def hash_of(subtree: Subtree) -> bytes:
    level, place = subtree
    if level == 0:
        return HASHES[place]
    return node_hash(hash_of((level - 1, 2 * place)), hash_of((level - 1, 2 * place + 1)))


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (0, 2, [A]),
        (1, 2, [B]),
        (2, 3, [C]),
        (1, 5, [B, D, E]),
        (0, 8, [A, D, F]),
        (5, 8, [E, G, H]),
    ],
)
def test_the_published_inclusion_proofs(index: int, size: int, proof: list[str]) -> None:
    made = prove(inclusion_ranges(index, size), hash_of)
    assert [each.hex() for each in made] == proof
    assert includes(HASHES[index], index, size, made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(
    ("old", "new", "proof"), [(1, 1, []), (1, 8, [A, D, F]), (2, 5, [D, E]), (6, 8, [K, G, H])]
)
def test_the_published_consistency_proofs(old: int, new: int, proof: list[str]) -> None:
    made = prove(consistency_ranges(old, new), hash_of)
    assert [each.hex() for each in made] == proof
    assert extends(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), made)


def test_the_empty_tree() -> None:
    root = bytes.fromhex(ROOTS[7])
    assert fold(()) == EMPTY_ROOT
    assert perfect((0, 0)) == ()
    assert consistency_ranges(0, 8) == ()
    assert extends(0, EMPTY_ROOT, 8, root, ())
    assert not extends(0, root, 8, root, ())
    assert extends(0, EMPTY_ROOT, 0, EMPTY_ROOT, ())


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_ranges(8, 8)
    with pytest.raises(ValueError, match="cannot be the larger"):
        consistency_ranges(9, 8)
    root = bytes.fromhex(ROOTS[7])
    proof = prove(inclusion_ranges(0, 8), hash_of)
    assert not includes(HASHES[0], 8, 8, proof, root)
    assert not includes(HASHES[0], -1, 8, proof, root)
    assert not includes(HASHES[0], 0, 8, proof[:-1], root)
    assert not includes(HASHES[0], 0, 8, (*proof, proof[0]), root)
    assert not includes(HASHES[0], 0, 8, (*proof[:-1], proof[-1][:-1]), root)
    assert not includes(HASHES[0], 0, 8, [HASHES[0]] * (MAX_HASHES + 1), root)
    assert not extends(9, root, 8, root, ())
    assert not extends(6, root, 8, root, ())
