"""What each batch teaches."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from redoubt.engine.guard.scores import LEAST, TOP
from redoubt.training.dataset import UNKNOWN, Batch
from redoubt.training.network import Outputs

SENTENCE = 0.5
"""Weight of the loss of sentences, once for orders and once for others."""
MOSTLY = 0.5
"""Share of a sentence's tokens from which on it is an order; one with fewer is neither one nor the other."""
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


def sentence_logits(order: Tensor, sentences: Tensor) -> Tensor:
    """Return for each sentence, by its number, the mean of its highest third of token logits: what it is worth at run time."""
    known = sentences >= 0
    logits, of = order[known], sentences[known]
    size = torch.bincount(of)
    # Sorted by sentence, and within one from the highest down.
    falling = logits.detach().argsort(descending=True)
    ranked = falling[of[falling].argsort(stable=True)]
    rank = torch.arange(len(of)) - (size.cumsum(0) - size)[of[ranked]]
    best = torch.minimum(size, (size // TOP).clamp(min=LEAST))
    taken = ranked[rank < best[of[ranked]]]
    return torch.zeros(len(size)).scatter_add(0, of[taken], logits[taken]) / best


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
    sentences = torch.from_numpy(batch.sentences)
    worth = sentence_logits(outputs.order, sentences)
    within = sentences >= 0
    text = torch.from_numpy(batch.of)[:, None].expand_as(sentences)[within]
    numbers = sentences[within]
    of = torch.zeros(len(worth), dtype=torch.int64).scatter(0, numbers, text)
    label = torch.from_numpy(batch.label)
    # A text is worth its worst sentence.
    worst = torch.full((len(label),), -math.inf).scatter_reduce(0, of, worth, "amax")
    total = _binary(worst, label)
    tokens = torch.from_numpy(batch.tokens)
    known = tokens != UNKNOWN
    if bool(known.any()):
        each = functional.binary_cross_entropy_with_logits(
            outputs.order, tokens.clamp(min=0).float(), reduction="none"
        )
        weight = torch.where(tokens == 1, 2.0, 1.0) * known
        total = total + (each * weight).sum() / weight.sum()
        total = total + _marked(worth, numbers, tokens[within])
    return total


def _marked(worth: Tensor, numbers: Tensor, tokens: Tensor) -> Tensor:
    """Judge each sentence of which it is known whether it is an order: the two kinds weigh the same."""
    size = torch.bincount(numbers)
    share = torch.zeros(len(worth)).scatter_add(0, numbers, (tokens == 1).float()) / size
    unknown = torch.zeros(len(worth)).scatter_add(0, numbers, (tokens == UNKNOWN).float()) > 0
    parts = []
    for kind, wanted in (((share > MOSTLY) & ~unknown, 1), ((share == 0) & ~unknown, 0)):
        if bool(kind.any()):
            parts.append(_binary(worth[kind], torch.full_like(worth[kind], wanted)))
    return SENTENCE * torch.stack(parts).sum() if parts else torch.zeros(())


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
