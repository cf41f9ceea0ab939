"""The roots are the published ones of Certificate Transparency's reference test data (RFC 6962 and 9162 share the tree)."""

import pytest

from redoubt.services.audit.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_published_roots() -> None:
    tree = Frontier()
    assert tree.root() == EMPTY_ROOT
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree = tree.append(leaf_hash(bytes.fromhex(leaf)))
        assert tree.root().hex() == root


def _recursive_root(leaves: list[bytes]) -> bytes:
    """The definition in RFC 9162, 2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(_recursive_root(leaves[:k]), _recursive_root(leaves[k:]))


def test_the_frontier_agrees_with_the_definition_and_survives_storage() -> None:
    tree, leaves = Frontier(), []
    for i in range(130):
        leaves.append(leaf_hash(i.to_bytes(2, "big")))
        tree = Frontier.from_bytes(tree.size, tree.to_bytes()).append(leaves[-1])
        assert tree.root() == _recursive_root(leaves)


def test_a_damaged_frontier_is_refused() -> None:
    tree = Frontier().append(b"a" * 32).append(b"b" * 32).append(b"c" * 32)
    with pytest.raises(ValueError, match="does not fit"):
        Frontier.from_bytes(3, tree.to_bytes()[:-1])
    with pytest.raises(ValueError, match="does not fit"):
        Frontier.from_bytes(4, tree.to_bytes())
