"""What each batch teaches."""

import math

import numpy as np
import pytest

from tests.unit.training.rig import NEEDED, item

pytest.importorskip("torch", reason=NEEDED)

import torch

from redoubt.engine.guard.scores import LEAST, TOP
from redoubt.training.dataset import TAGS, WIDTH, Batch, batch_of, windows_of
from redoubt.training.example import HARMS
from redoubt.training.losses import TOPIC, by_text, loss, sentence_logits
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


def test_a_sentence_is_worth_what_it_is_worth_at_run_time() -> None:
    order = torch.randn(3, 40, generator=torch.Generator().manual_seed(3))
    sentences = torch.full((3, 40), -100)
    lengths = (2, 3, 14, 7, 30)
    places = ((0, 1), (0, 3), (0, 10), (1, 0), (2, 5))
    for number, ((row, at), size) in enumerate(zip(places, lengths, strict=True)):
        sentences[row, at : at + size] = number
    wanted = [
        float(np.sort(order[row, at : at + size].numpy())[-min(size, max(LEAST, size // TOP)) :].mean())
        for (row, at), size in zip(places, lengths, strict=True)
    ]
    assert sentence_logits(order, sentences).tolist() == pytest.approx(wanted, abs=1e-5)


def test_a_text_is_worth_its_worst_sentence_and_each_sentence_is_judged() -> None:
    sentences, tokens = np.repeat([0, 1], 6).astype(np.int32), np.repeat([0, 1], 6).astype(np.int32)
    batch = _batch(item("external", 12, 1, tokens=tokens, sentences=sentences))
    right, wrong, both = (_outputs(batch) for _ in range(3))
    right.order[0, 7:13], wrong.order[0, 1:7], both.order[0, 1:13] = 4.0, 4.0, 4.0
    right.order[0, 1:7], wrong.order[0, 7:13] = -4.0, -4.0
    costs = [float(loss(one, batch)) for one in (right, both, wrong)]
    assert costs == sorted(costs)
    assert costs[0] < costs[1]


def test_of_an_attack_whose_order_is_not_marked_only_the_whole_is_judged() -> None:
    batch = _batch(item("external", 12, 1, sentences=np.repeat([0, 1], 6).astype(np.int32)))
    high, low = (float(loss(_outputs(batch, order=v), batch)) for v in (4.0, -4.0))
    assert high < low


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
