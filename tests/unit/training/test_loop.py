"""The training loop."""

import numpy as np
import pytest

from tests.unit.training.rig import NEEDED, item

pytest.importorskip("torch", reason=NEEDED)

import torch

from redoubt.training.dataset import Item
from redoubt.training.loop import Plan, Progress, score, train
from redoubt.training.network import GuardNetwork
from tests.unit.training.torch_rig import network

PLAN = Plan(epochs=12, budget=256, rate=3e-3, threads=1)


def _pool() -> list[Item]:
    """Return texts whose label a single token gives away."""
    made = []
    for n in range(60):
        bad = n % 2
        one = item("user", 6 + n % 5, bad)
        one.ids[n % 6] = 160 if bad else 161
        made.append(one)
    return made


def _trained(plan: Plan = PLAN, told: list[Progress] | None = None) -> GuardNetwork:
    return train(network(), lambda _epoch: _pool(), plan, (told if told is not None else []).append)


def test_what_can_be_learned_is_learned_and_the_words_stay() -> None:
    told: list[Progress] = []
    before = network().words.weight.clone()
    after = _trained(told=told)
    said = score(after, _pool())
    bad = [s.attack for s, i in zip(said, _pool(), strict=True) if i.label]
    good = [s.attack for s, i in zip(said, _pool(), strict=True) if not i.label]
    assert min(bad) > max(good)
    assert torch.equal(after.words.weight, before)
    assert told[-1].step == told[-1].steps
    assert told[-1].losses["user"] < told[0].losses["user"]
    assert not after.training


def test_the_same_seed_trains_the_same_and_another_does_not() -> None:
    def of(seed: int) -> bytes:
        plan = Plan(epochs=1, budget=256, threads=1, seed=seed)
        return b"".join(p.detach().numpy().tobytes() for p in _trained(plan).parameters())

    assert of(1) == of(1)
    assert of(1) != of(2)


def test_no_epoch_changes_nothing() -> None:
    before = network()
    after = train(network(), lambda _epoch: [], Plan(epochs=0, threads=1))
    assert all(map(torch.equal, before.parameters(), after.parameters()))


def test_a_text_of_many_windows_is_worth_the_highest_and_its_tags_are_put_together() -> None:
    pool = [
        item("user", 300, 1),
        item("names", 200, tokens=np.zeros(200, np.int32)),
        item("harm", 4, 1, harms=np.zeros(9, np.int32)),
        item("user", 3),
    ]
    said = score(network(), pool, budget=300)
    assert [len(s.names) for s in said] == [0, 200, 0, 0]
    assert len(said[2].harm) == 9
    alone = score(network(), [pool[3]])
    assert said[3].attack == pytest.approx(alone[0].attack, abs=1e-4)
