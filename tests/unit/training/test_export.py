"""What is run says what was trained."""

from typing import Any

import numpy as np
import onnxruntime
import pytest

from tests.unit.training.rig import NEEDED, item

pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("onnx", reason=NEEDED)

import torch

from redoubt.training.dataset import Batch, batch_of, windows_of
from redoubt.training.export import export, measure
from redoubt.training.loop import run
from tests.unit.training.torch_rig import TINY, network

SIZES = (1, 2, 5, 30, 125, 126)
OUTPUTS = ("attack", "kind", "order", "harm", "names", "topic")


def _batch(*sizes: int) -> Batch:
    return batch_of([(i, windows_of(len(i))) for i in (item("user", size) for size in sizes)])


def _said(session: onnxruntime.InferenceSession, batch: Batch) -> dict[str, Any]:
    feed = {"ids": batch.ids, "mask": batch.mask, "case": batch.case}
    return dict(zip(OUTPUTS, session.run(list(OUTPUTS), feed), strict=True))


@torch.no_grad()
def test_onnx_runtime_says_what_torch_says() -> None:
    made = network()
    shown = [_batch(size) for size in SIZES]
    session = onnxruntime.InferenceSession(export(made, measure(made, shown)))
    for batch in shown:
        wanted, said = run(made, batch), _said(session, batch)
        for name in OUTPUTS:
            # In eight bits they agree to some hundredths of what the outputs reach.
            reach = max(1.0, float(getattr(wanted, name).abs().max()))
            assert np.abs(said[name] - getattr(wanted, name).numpy()).max() < 0.03 * reach, name


@torch.no_grad()
def test_a_text_has_the_same_scores_whatever_is_judged_beside_it() -> None:
    made = network()
    session = onnxruntime.InferenceSession(export(made, measure(made, [_batch(*SIZES)])))
    alone, together = _said(session, _batch(5)), _said(session, _batch(5, 126))
    assert together["attack"][0] == pytest.approx(alone["attack"][0], abs=1e-5)


def test_ranges_are_of_every_matrix_and_the_largest_that_was_seen() -> None:
    made = network()
    few, more = measure(made, [_batch(3)]), measure(made, [_batch(3), _batch(90)])
    assert set(few) == {f"layers.{n}.{part}" for n in range(2) for part in ("qkv", "out", "up", "down")}
    assert all((more[name] >= few[name]).all() for name in few)
    assert few["layers.0.qkv"].shape == (TINY.width,)
    assert few["layers.0.down"].shape == (TINY.inner,)


def test_the_same_network_gives_the_same_bytes() -> None:
    made = network()
    ranges = measure(made, [_batch(9)])
    assert export(made, ranges) == export(made, ranges)
    assert export(made, ranges) != export(network(2), ranges)
