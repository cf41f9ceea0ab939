"""From logits to probabilities, as Hugging Face's ``config.json`` says they are meant.

``problem_type`` (https://huggingface.co/docs/transformers/main_classes/configuration) is ``single_label_classification`` (softmax),
``multi_label_classification`` (sigmoid) or ``regression``. Where it is missing, one label is a sigmoid and several are a softmax.
"""

from collections.abc import Callable

import numpy as np

from redoubt.engine.guard.interface import Numbers
from redoubt.engine.guard.tags import softmax

Chances = Callable[[Numbers], Numbers]
"""Turns rows of logits into rows of probabilities."""

SINGLE, MULTI = "single_label_classification", "multi_label_classification"


def chances(problem_type: str | None, labels: int) -> Chances:
    """Return what turns logits of so many ``labels`` into probabilities. Raises ValueError for a ``problem_type`` without any."""
    if problem_type not in (None, SINGLE, MULTI):
        raise ValueError(f"problem_type must be {SINGLE} or {MULTI}")
    if problem_type == MULTI or labels == 1:
        return _sigmoid
    return softmax


def _sigmoid(logits: Numbers) -> Numbers:
    # By way of tanh, which does not overflow.
    said: Numbers = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return said
