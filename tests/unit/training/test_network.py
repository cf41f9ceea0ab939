"""The network, and how it is cut from its base."""

import pytest

from tests.unit.training.rig import NEEDED

pytest.importorskip("torch", reason=NEEDED)

import torch

from redoubt.training.network import Layer, Shape, pruned
from tests.unit.training.rig import vocabulary
from tests.unit.training.torch_rig import INNER, TINY, base_tensors, network


def test_the_shapes_of_the_answers() -> None:
    ids = torch.randint(103, 120, (3, 7))
    said = network()(ids, torch.ones_like(ids), torch.zeros_like(ids))
    assert said.attack.shape == (3,)
    assert said.kind.shape == (3, TINY.kinds)
    assert said.order.shape == (3, 7)
    assert said.harm.shape == (3, 2, TINY.harms)
    assert said.names.shape == (3, 7, TINY.tags)
    assert torch.allclose(said.topic.norm(dim=-1), torch.ones(3), atol=1e-5)


@torch.no_grad()
def test_what_is_said_of_a_window_does_not_depend_on_what_it_is_padded_with() -> None:
    ids = torch.randint(103, 120, (1, 9))
    alone = network()(ids[:, :5], torch.ones(1, 5, dtype=torch.long), torch.zeros(1, 5, dtype=torch.long))
    mask = torch.tensor([[1] * 5 + [0] * 4])
    padded = network()(ids, mask, torch.zeros_like(ids))
    for one, other in zip(alone, padded, strict=True):
        some = other[:, :5] if other.shape[1:2] == (9,) else other
        assert torch.allclose(one, some, atol=1e-5)


@torch.no_grad()
def test_how_a_token_is_written_is_heard() -> None:
    ids = torch.randint(103, 120, (1, 5))
    mask = torch.ones_like(ids)
    lower, title = (network()(ids, mask, torch.full_like(ids, case)).attack for case in (1, 2))
    assert not torch.allclose(lower, title)


def test_layers_and_neurons_that_matter_most_are_kept() -> None:
    base = base_tensors()
    up, down = "encoder.layer.5.intermediate.dense", "encoder.layer.5.output.dense"
    base[f"{up}.weight"][3] *= 100
    shape = Shape(layers=(0, 5), inner=4, vocabulary=len(vocabulary()))
    cut = pruned(base, shape)
    last = cut.layers[1]
    assert isinstance(last, Layer)
    rows = [int((base[f"{up}.weight"] == row).all(1).nonzero()[0, 0]) for row in last.up.weight]
    assert 3 in rows
    assert len(rows) == 4 < INNER
    assert torch.equal(last.down.weight, base[f"{down}.weight"][:, rows])
    assert torch.equal(last.up.bias, base[f"{up}.bias"][rows])
    assert torch.equal(last.qkv.weight[384:768], base["encoder.layer.5.attention.self.key.weight"])


@torch.no_grad()
def test_at_the_beginning_case_says_nothing_and_the_topic_is_the_bases_mean() -> None:
    cut = pruned(base_tensors(), Shape(inner=INNER, vocabulary=len(vocabulary()))).eval()
    ids = torch.randint(103, 120, (1, 5))
    mask = torch.ones_like(ids)
    said = [cut(ids, mask, torch.full_like(ids, case)).topic for case in (0, 3)]
    assert torch.equal(*said)
    assert torch.equal(cut.topic.weight, torch.eye(384))
