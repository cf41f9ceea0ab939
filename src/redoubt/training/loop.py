"""The training loop."""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from redoubt.training.dataset import Batch, Item, batch_of, batches, windows_of
from redoubt.training.losses import loss, sentence_logits
from redoubt.training.network import GuardNetwork, Outputs

DECAY = 0.999
"""Of the running mean of the weights, which is what is kept: it generalises better than the last step."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    epochs: int = 2
    budget: int = 2048
    """Tokens in a batch."""
    rate: float = 4e-4
    warm_up: float = 0.05
    """Share of the steps in which the rate rises."""
    seed: int = 20261125
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training stands."""

    step: int
    steps: int
    losses: dict[str, float]
    """Running mean by task."""


def run(network: GuardNetwork, batch: Batch) -> Outputs:
    """Show the network one batch."""
    outputs: Outputs = network(
        torch.from_numpy(batch.ids), torch.from_numpy(batch.mask), torch.from_numpy(batch.case)
    )
    return outputs


def train(
    network: GuardNetwork,
    pool: Callable[[int], Sequence[Item]],
    plan: Plan,
    tell: Callable[[Progress], None] = lambda _progress: None,
) -> GuardNetwork:
    """Train ``network`` and return the mean of its weights over the last steps.

    ``pool`` gives the items of an epoch. The words' embeddings stay as they are: few of them occur often enough to learn from.
    """
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    rng = Random(plan.seed)  # noqa: S311 - order of examples
    network.words.weight.requires_grad_(False)
    optimiser = torch.optim.AdamW(_groups(network), lr=plan.rate, betas=(0.9, 0.98), fused=True)
    mean = copy.deepcopy(network)
    step, done, steps = 0, 0, 0
    seen: dict[str, float] = {}
    for epoch in range(plan.epochs):
        drawn = list(batches(pool(epoch), rng, plan.budget))
        steps = steps or len(drawn) * plan.epochs
        network.train()
        for batch in drawn:
            for group in optimiser.param_groups:
                group["lr"] = plan.rate * _schedule(step / steps, plan.warm_up)
            value = loss(run(network, batch), batch)
            value.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            _average(mean, network, min(DECAY, step / (step + 20)))
            now = float(value.detach())
            seen[batch.task] = 0.98 * seen.get(batch.task, now) + 0.02 * now
            if step % 20 == 0:
                tell(Progress(step, steps, dict(seen)))
        done = epoch + 1
    tell(Progress(step, steps, dict(seen)))
    trained = mean if done else network
    trained.eval()
    return trained


def _groups(network: GuardNetwork) -> list[dict[str, object]]:
    """Weights decay; biases and norms do not."""
    decayed: list[Tensor] = []
    free: list[Tensor] = []
    for parameter in network.parameters():
        if parameter.requires_grad:
            (decayed if parameter.ndim > 1 else free).append(parameter)
    return [{"params": decayed, "weight_decay": 0.01}, {"params": free, "weight_decay": 0.0}]


def _schedule(done: float, warm_up: float) -> float:
    """Return the share of the full rate: up in a line, then down along a cosine to a twentieth."""
    if done < warm_up:
        return (done + 1e-3) / warm_up
    return 0.05 + 0.475 * (1 + math.cos(math.pi * min(1.0, (done - warm_up) / (1 - warm_up))))


@torch.no_grad()
def _average(mean: GuardNetwork, network: GuardNetwork, decay: float) -> None:
    for kept, new in zip(mean.parameters(), network.parameters(), strict=True):
        if new.requires_grad:
            kept.lerp_(new, 1 - decay)


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one text."""

    attack: float = 0.0
    order: float = 0.0
    harm: tuple[float, ...] = ()
    names: tuple[int, ...] = ()


@torch.no_grad()
def score(network: GuardNetwork, pool: Sequence[Item], budget: int = 4096) -> list[Scores]:
    """Return the logits of every item, in order: all of its windows, folded as at run time (the highest counts)."""
    network.eval()
    results: list[Scores | None] = [None] * len(pool)
    order = sorted(range(len(pool)), key=lambda i: (pool[i].task, len(pool[i])))
    place = 0
    while place < len(order):
        task = pool[order[place]].task
        group: list[int] = []
        cost = 0
        while place < len(order) and pool[order[place]].task == task:
            item = pool[order[place]]
            cost += len(windows_of(len(item))) * min(128, len(item) + 2)
            if group and cost > budget:
                break
            group.append(order[place])
            place += 1
        batch = batch_of([(pool[i], windows_of(len(pool[i]))) for i in group])
        outputs = run(network, batch)
        orders = _orders(outputs, batch)
        attack, harm = outputs.attack.numpy(), outputs.harm.numpy()
        tags = outputs.names.argmax(-1).numpy() if task == "names" else None
        for local, index in enumerate(group):
            rows = np.flatnonzero(batch.of == local)
            side = pool[index].label if task == "harm" else 0
            results[index] = Scores(
                attack=float(attack[rows].max()),
                order=orders[local],
                harm=tuple(float(v) for v in harm[rows, side].max(0)),
                names=_tags(tags, rows, len(pool[index])) if tags is not None else (),
            )
    return [r for r in results if r is not None]


def _orders(outputs: Outputs, batch: Batch) -> list[float]:
    """Return for each text what its worst sentence is worth; 0 for texts that are not asked for orders."""
    within = batch.sentences >= 0
    if not within.any():
        return [0.0] * len(batch.label)
    worth = sentence_logits(outputs.order, torch.from_numpy(batch.sentences)).numpy()
    found = np.full(len(batch.label), -np.inf)
    of = np.broadcast_to(batch.of[:, None], within.shape)[within]
    np.maximum.at(found, of, worth[batch.sentences[within]])
    return [float(value) for value in found]


def _tags(tags: NDArray[np.int64], rows: NDArray[np.int64], size: int) -> tuple[int, ...]:
    found = np.zeros(size, np.int64)
    for row, (start, end) in zip(rows, windows_of(size), strict=True):
        found[start:end] = tags[row, 1 : end - start + 1]
    return tuple(int(v) for v in found)
