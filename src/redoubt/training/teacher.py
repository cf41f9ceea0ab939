"""The unpruned base tells what a text is about; the pruned network learns to say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from redoubt.training.dataset import TOKENS, Item, batch_of, windows_of
from redoubt.training.network import Shape, pruned

_LAYERS = (0, 1, 2, 3, 4, 5)


@torch.no_grad()
def taught(base: Mapping[str, Tensor], pool: Sequence[Item], every: int, budget: int = 4096) -> list[Item]:
    """Return the items, every so-manieth short text with its embedding: mean of the last layer's tokens, of length one."""
    whole = Shape(
        layers=_LAYERS,
        inner=len(base["encoder.layer.0.intermediate.dense.weight"]),
        vocabulary=len(base["embeddings.word_embeddings.weight"]),
    )
    network = pruned(base, whole).eval()
    result = list(pool)
    chosen = [i for i in range(0, len(pool), every) if len(pool[i]) <= TOKENS // 2]
    chosen.sort(key=lambda i: (pool[i].task, len(pool[i])))
    place = 0
    while place < len(chosen):
        group = [chosen[place]]
        while (
            place + len(group) < len(chosen)
            and pool[chosen[place + len(group)]].task == pool[group[0]].task
            and (len(group) + 1) * (len(pool[chosen[place + len(group)]]) + 2) <= budget
        ):
            group.append(chosen[place + len(group)])
        place += len(group)
        batch = batch_of([(pool[i], windows_of(len(pool[i]))) for i in group])
        outputs = network(
            torch.from_numpy(batch.ids),
            torch.from_numpy(batch.mask),
            torch.zeros_like(torch.from_numpy(batch.ids)),
        )
        for i, vector in zip(group, functional.normalize(outputs.topic, dim=-1).numpy(), strict=True):
            result[i] = replace(result[i], topic=vector)
    return result
