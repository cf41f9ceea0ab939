"""The base tells what texts are about."""

import numpy as np
import pytest

from tests.unit.training.rig import NEEDED, item

pytest.importorskip("torch", reason=NEEDED)

from redoubt.training.teacher import taught
from tests.unit.training.torch_rig import base_tensors


def test_every_other_short_text_is_told_and_the_rest_stays() -> None:
    pool = [
        item("user", 5),
        item("user", 5),
        item("names", 63),
        item("names", 9),
        item("user", 64),
        item("harm", 7),
    ]
    got = taught(base_tensors(), pool, 2)
    assert [i.topic is not None for i in got] == [True, False, True, False, False, False]
    for before, after in zip(pool, got, strict=True):
        assert (before.task, len(before)) == (after.task, len(after))
        if after.topic is not None:
            assert float(np.linalg.norm(after.topic)) == pytest.approx(1.0, abs=1e-5)


def test_what_is_told_of_a_text_does_not_depend_on_its_company() -> None:
    pool = [item("user", 5), item("user", 40), item("user", 9)]
    together, apart = taught(base_tensors(), pool, 1), taught(base_tensors(), pool, 1, budget=1)
    for one, other in zip(together, apart, strict=True):
        assert one.topic is not None
        assert np.allclose(one.topic, other.topic, atol=1e-5)
    assert together[0].topic is not None
    assert not np.allclose(together[0].topic, together[1].topic, atol=1e-3)
