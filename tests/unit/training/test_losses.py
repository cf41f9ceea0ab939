"""What each batch teaches."""

import math

import numpy as np
import pytest

from tests.unit.training.rig import NEEDED, item

pytest.importorskip("torch", reason=NEEDED)

import torch

from redoubt.training.dataset import TAGS, WIDTH, Batch, batch_of, windows_of
from redoubt.training.example import HARMS
from redoubt.training.losses import BEST, TOPIC, by_text, loss, order_logits
from redoubt.training.network import Outputs


def _outputs(batch: Batch, **said: float) -> Outputs:
    windows, tokens = batch.ids.shape
    values = {"attack": 0.0, "order": 0.0, "harm": 0.0} | said
    topic = torch.zeros(windows, WIDTH)
    topic[:, 0] = 1
    return Outputs(
        attack=torch.full((windows,), values["attack"]),
        kind=torch.zeros(windows, 4),
        order=torch.full((windows, tokens), values["order"]),
        harm=torch.full((windows, 2, len(HARMS)), values["harm"]),
        names=torch.zeros(windows, tokens, len(TAGS)),
        topic=topic,
    )


def _batch(*items: object) -> Batch:
    return batch_of([(i, windows_of(len(i))) for i in items])  # type: ignore[arg-type, misc]


def test_a_text_is_at_least_as_bad_as_its_worst_window_says_and_length_alone_makes_none_bad() -> None:
    windows = torch.tensor([3.0, -5.0, -5.0, 0.0, 0.0, 0.0, 0.0])
    of = torch.tensor([0, 0, 1, 2, 2, 2, 2])
    folded = by_text(windows, of, 3)
    assert float(folded[0]) == pytest.approx(3.0 - math.log(2) / 2, abs=0.01)
    assert float(folded[1]) == pytest.approx(-5.0)
    assert float(folded[2]) == pytest.approx(math.log(4) / 2)


def test_an_order_is_worth_its_highest_tokens() -> None:
    order = torch.zeros(2, 20)
    order[0, :BEST] = 5
    order[1, 10:] = 99
    known = torch.ones(2, 20, dtype=torch.bool)
    known[1, 4:] = False
    assert order_logits(order, known).tolist() == [5.0, 0.0]


@pytest.mark.parametrize("task", ["user", "external"])
def test_the_right_side_costs_less(task: str) -> None:
    for label in (0, 1):
        tokens = np.full(5, label, np.int32) if task == "external" else None
        batch = _batch(item(task, 5, label, tokens=tokens))
        high, low = (float(loss(_outputs(batch, attack=v, order=v), batch)) for v in (4.0, -4.0))
        assert (high < low) == bool(label)


def test_what_nobody_said_of_harm_costs_nothing() -> None:
    harms = np.full(len(HARMS), -100, np.int32)
    batch = _batch(item("harm", 5, 1, harms=harms))
    assert float(loss(_outputs(batch, harm=9.0), batch)) == 0.0
    harms[2] = 1
    batch = _batch(item("harm", 5, 1, harms=harms))
    assert float(loss(_outputs(batch, harm=4.0), batch)) < float(loss(_outputs(batch, harm=-4.0), batch))


def test_a_prompt_teaches_nothing_about_answers() -> None:
    batch = _batch(item("harm", 5, 0, harms=np.ones(len(HARMS), np.int32)))
    outputs = _outputs(batch)
    outputs.harm.requires_grad_(True)
    loss(outputs, batch).backward()
    assert outputs.harm.grad is not None
    assert outputs.harm.grad[:, 0].abs().sum() > 0
    assert outputs.harm.grad[:, 1].abs().sum() == 0


def test_names_are_taught_by_token_and_padding_is_not() -> None:
    batch = _batch(
        item("names", 5, tokens=np.zeros(5, np.int32)), item("names", 2, tokens=np.zeros(2, np.int32))
    )
    assert float(loss(_outputs(batch), batch)) == pytest.approx(math.log(len(TAGS)))


def test_the_embedding_is_to_stay_what_it_was() -> None:
    wanted = np.zeros(WIDTH, np.float32)
    wanted[1] = 1
    known, unknown = item("user", 5, topic=wanted), item("user", 5)
    batch = _batch(known, unknown)
    with_topic = float(loss(_outputs(batch), batch))
    batch = _batch(unknown, unknown)
    assert with_topic - float(loss(_outputs(batch), batch)) == pytest.approx(TOPIC)
