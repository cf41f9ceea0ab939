"""How well scores tell bad texts from good ones. Labels are 0 or 1, scores any numbers; the higher, the more likely 1."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def _arrays(labels: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(labels, np.float64), np.asarray(scores, np.float64)


def auc(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Return the area under the ROC curve, ties counted half (Mann-Whitney U); None where one label is missing.

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    y, s = _arrays(labels, scores)
    bad = int(y.sum())
    good = len(y) - bad
    if not bad or not good:
        return None
    _, place, counts = np.unique(s, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    total = float(rank[place][y == 1].sum())
    return (total - bad * (bad + 1) / 2) / (bad * good)


def average_precision(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Return the area under the precision-recall curve, as a step function; None where no label is 1.

    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    y, s = _arrays(labels, scores)
    if not y.sum():
        return None
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last = np.r_[np.flatnonzero(np.diff(s)), len(s) - 1]
    hits = np.cumsum(y)[last]
    precision = hits / (last + 1)
    recall = hits / hits[-1]
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


def recall_at(labels: ArrayLike, scores: ArrayLike, false_positives: float) -> tuple[float, float] | None:
    """Return the recall, and the threshold, at which at most the share ``false_positives`` of the good texts is flagged.

    A text is flagged where its score is above the threshold.

    >>> recall_at([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.5)
    (1.0, 0.1)
    """
    y, s = _arrays(labels, scores)
    good = np.sort(s[y == 0])[::-1]
    bad = s[y == 1]
    if not len(good) or not len(bad):
        return None
    threshold = float(good[min(len(good) - 1, math.floor(false_positives * len(good) + 1e-9))])
    return float((bad > threshold).mean()), threshold


def interval(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's interval for a share (Wilson 1927), at 95 % unless ``z`` says otherwise.

    >>> [round(x, 3) for x in interval(9, 10)]
    [0.596, 0.982]
    """
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def calibration(labels: ArrayLike, chances: ArrayLike, bins: int = 15) -> list[tuple[int, float, float]]:
    """Return for each of ``bins`` groups of texts with like chances, as many in each: texts, mean chance, share with label 1.

    >>> calibration([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9], bins=2)
    [(2, 0.15, 0.0), (2, 0.8, 1.0)]
    """
    y, p = _arrays(labels, chances)
    order = np.argsort(p, kind="stable")
    parts: Sequence[NDArray[np.int64]] = np.array_split(order, min(bins, max(1, len(order))))
    return [(len(part), float(p[part].mean()), float(y[part].mean())) for part in parts if len(part)]


def calibration_error(labels: ArrayLike, chances: ArrayLike, bins: int = 15) -> float:
    """Return the expected calibration error (Naeini et al. 2015) over the groups of `calibration`."""
    groups = calibration(labels, chances, bins)
    return sum(count * abs(said - was) for count, said, was in groups) / max(1, sum(c for c, _, _ in groups))


def platt(labels: ArrayLike, scores: ArrayLike, steps: int = 50) -> tuple[float, float]:
    """Return ``scale, bias`` so that ``1 / (1 + exp(-(scale * score + bias)))`` is the chance of label 1 (Platt 1999).

    Newton's method, targets smoothed as Platt has it.
    """
    y, s = _arrays(labels, scores)
    bad, good = y.sum(), (1 - y).sum()
    target = np.where(y == 1, (bad + 1) / (bad + 2), 1 / (good + 2))
    scale, bias = 1.0, 0.0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(scale * s + bias, -30, 30)))
        error, weight = p - target, p * (1 - p)
        gradient = np.array([float((error * s).sum()), float(error.sum())])
        hessian = np.array(
            [
                [float((weight * s * s).sum()), float((weight * s).sum())],
                [float((weight * s).sum()), float(weight.sum())],
            ]
        )
        step = np.linalg.solve(hessian + 1e-6 * len(y) * np.eye(2), gradient)
        scale, bias = scale - float(step[0]), bias - float(step[1])
        if float(np.abs(step).max()) < 1e-6:
            break
    return scale, bias
