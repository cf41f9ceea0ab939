"""What each batch teaches."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from redoubt.training.dataset import UNKNOWN, Batch
from redoubt.training.network import Outputs

BEST = 8
"""Tokens by which a text is judged to hold an order: the mean of so many of the highest logits."""
TOPIC = 0.5
"""Weight of the embedding's loss."""
SMOOTHING = 0.02
"""Labels are taken to be wrong so often; keeps scores from saturating on noise."""


def loss(outputs: Outputs, batch: Batch) -> Tensor:
    """Return the loss of one batch."""
    return _TASKS[batch.task](outputs, batch) + _topic(outputs, batch)


def by_text(windows: Tensor, of: Tensor, texts: int) -> Tensor:
    """Fold the logits of windows into one for each text: a soft maximum."""
    best = torch.full((texts,), -math.inf).scatter_reduce(0, of, windows.detach(), "amax")
    total = torch.zeros(texts).scatter_add(0, of, torch.exp(windows - best[of]))
    return best + torch.log(total) - torch.log(torch.bincount(of, minlength=texts).float()) * 0.5


def order_logits(order: Tensor, known: Tensor) -> Tensor:
    """Return for each window the mean of its `BEST` highest token logits."""
    masked = order.masked_fill(~known, -math.inf)
    top = masked.topk(min(BEST, order.shape[1]), dim=1).values
    finite = torch.isfinite(top)
    return top.masked_fill(~finite, 0.0).sum(1) / finite.sum(1).clamp(min=1)


def _binary(logits: Tensor, target: Tensor) -> Tensor:
    soft = target.float() * (1 - 2 * SMOOTHING) + SMOOTHING
    return functional.binary_cross_entropy_with_logits(logits, soft)


def _user(outputs: Outputs, batch: Batch) -> Tensor:
    of, label = torch.from_numpy(batch.of), torch.from_numpy(batch.label)
    total = _binary(by_text(outputs.attack, of, len(label)), label)
    kind = torch.from_numpy(batch.kind)[of]
    if bool((kind != UNKNOWN).any()):
        total = total + 0.2 * functional.cross_entropy(outputs.kind, kind, ignore_index=UNKNOWN)
    return total


def _external(outputs: Outputs, batch: Batch) -> Tensor:
    of, label = torch.from_numpy(batch.of), torch.from_numpy(batch.label)
    mask = torch.from_numpy(batch.mask).bool()
    mask[:, 0] = False
    total = _binary(by_text(order_logits(outputs.order, mask), of, len(label)), label)
    tokens = torch.from_numpy(batch.tokens)
    known = tokens != UNKNOWN
    if bool(known.any()):
        each = functional.binary_cross_entropy_with_logits(
            outputs.order, tokens.clamp(min=0).float(), reduction="none"
        )
        weight = torch.where(tokens == 1, 2.0, 1.0) * known
        total = total + (each * weight).sum() / weight.sum()
    return total


def _harm(outputs: Outputs, batch: Batch) -> Tensor:
    of = torch.from_numpy(batch.of)
    side = torch.from_numpy(batch.label)[of]
    logits = outputs.harm[torch.arange(len(of)), side]
    target = torch.from_numpy(batch.harms)[of]
    known = target != UNKNOWN
    soft = target.clamp(min=0).float() * (1 - 2 * SMOOTHING) + SMOOTHING
    each = functional.binary_cross_entropy_with_logits(logits, soft, reduction="none")
    return 2.0 * (each * known).sum() / known.sum().clamp(min=1)


def _names(outputs: Outputs, batch: Batch) -> Tensor:
    return functional.cross_entropy(
        outputs.names.flatten(0, 1), torch.from_numpy(batch.tokens).flatten(), ignore_index=UNKNOWN
    )


def _topic(outputs: Outputs, batch: Batch) -> Tensor:
    """Keep the embedding what it was: also what keeps the encoder from forgetting what it knew."""
    wanted = torch.from_numpy(batch.topic)
    known = wanted.square().sum(1) > 0
    if not bool(known.any()):
        return torch.zeros(())
    rows = torch.from_numpy(np.searchsorted(batch.of, np.arange(len(batch.label))))
    likeness = (outputs.topic[rows] * wanted).sum(1)
    return TOPIC * (1 - likeness)[known].mean()


_TASKS = {"user": _user, "external": _external, "harm": _harm, "names": _names}
