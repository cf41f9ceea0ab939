import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.engine.guard.statistics import (
    auc,
    average_precision,
    calibration_error,
    interval,
    platt,
    recall_at,
)

LABELLED = st.lists(st.tuples(st.booleans(), st.integers(-5, 5).map(float)), min_size=2, max_size=40).filter(
    lambda rows: len({bad for bad, _ in rows}) == 2
)


@given(LABELLED)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[bool, float]]) -> None:
    bad, good = ([s for label, s in rows if label is wanted] for wanted in (True, False))
    pairs = [1.0 if b > g else 0.5 if b == g else 0.0 for b in bad for g in good]
    assert auc([label for label, _ in rows], [s for _, s in rows]) == pytest.approx(sum(pairs) / len(pairs))


@given(LABELLED, st.sampled_from([0.0, 0.01, 0.3, 0.5, 1.0]))
def test_no_more_good_texts_are_flagged_than_allowed(rows: list[tuple[bool, float]], allowed: float) -> None:
    found = recall_at([label for label, _ in rows], [s for _, s in rows], allowed)
    assert found is not None
    recall, threshold = found
    good = [s for label, s in rows if not label]
    bad = [s for label, s in rows if label]
    assert sum(s > threshold for s in good) <= allowed * len(good) + 1e-6
    assert recall == pytest.approx(sum(s > threshold for s in bad) / len(bad))


@given(LABELLED)
def test_average_precision_does_not_depend_on_the_order_of_ties(rows: list[tuple[bool, float]]) -> None:
    def of(some: list[tuple[bool, float]]) -> float | None:
        return average_precision([label for label, _ in some], [s for _, s in some])

    assert of(rows) == pytest.approx(of(rows[::-1]))


def test_what_cannot_be_said_is_none() -> None:
    assert auc([1, 1], [0.1, 0.2]) is None
    assert auc([], []) is None
    assert average_precision([0, 0], [0.1, 0.2]) is None
    assert recall_at([1], [0.5], 0.01) is None


@pytest.mark.parametrize(("hits", "of"), [(0, 1), (1, 1), (3, 1000), (999, 1000)])
def test_the_interval_holds_the_share(hits: int, of: int) -> None:
    low, high = interval(hits, of)
    assert 0 <= low <= hits / of <= high <= 1
    assert low < high
    assert interval(0, 0) == (0.0, 1.0)


def test_calibration_error() -> None:
    assert calibration_error([0, 1] * 50, [0.5] * 100, bins=1) == 0.0
    assert calibration_error([1] * 10, [0.25] * 10) == pytest.approx(0.75)
    assert calibration_error([], []) == 0.0


def test_platt_finds_the_curve_that_labels_were_drawn_from() -> None:
    draw = np.random.default_rng(3)
    scores = draw.normal(0, 3, 20_000)
    labels = draw.random(20_000) < 1 / (1 + np.exp(-(0.7 * scores - 1.5)))
    scale, bias = platt(labels, scores)
    assert scale == pytest.approx(0.7, abs=0.05)
    assert bias == pytest.approx(-1.5, abs=0.1)


def test_platt_stays_finite_where_scores_part_the_labels() -> None:
    scale, bias = platt([0, 0, 1, 1], [-100.0, -50.0, 50.0, 100.0])
    assert math.isfinite(scale)
    assert math.isfinite(bias)
    assert scale > 0
