"""The network: a pruned MiniLM encoder that also sees how a token was written, and a head for each question.

Base: all-MiniLM-L6-v2 (Apache-2.0), a BERT of six layers, 384 wide (Wang et al. 2020, "MiniLM", arXiv 2002.10957). Some of its layers are
kept, and in each the feed-forward neurons that matter most.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

CASES = 8
"""Size of the case table; see `redoubt.engine.guard.case`."""
MAX_TOKENS = 128
"""Positions kept of the base's 512: no window is longer."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is kept of the base, and how many outputs the heads have."""

    layers: tuple[int, ...] = (0, 2, 5)
    inner: int = 768
    width: int = 384
    heads: int = 12
    vocabulary: int = 30522
    kinds: int = 4
    harms: int = 9
    tags: int = 13


class Outputs(NamedTuple):
    """One batch of windows as the heads see it."""

    attack: Tensor
    kind: Tensor
    order: Tensor
    harm: Tensor
    names: Tensor
    topic: Tensor


class Layer(nn.Module):
    """One transformer layer (post-norm, as BERT)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.up = nn.Linear(shape.width, shape.inner)
        self.down = nn.Linear(shape.inner, shape.width)
        self.norm2 = nn.LayerNorm(shape.width, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return the next layer's input; ``bias`` is -inf where there is no token, [B, 1, 1, T]."""
        windows, tokens, width = x.shape
        query, key, value = (
            part.view(windows, tokens, self.heads, width // self.heads).transpose(1, 2)
            for part in self.qkv(x).split(width, dim=-1)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        x = self.norm(x + self.out(seen.transpose(1, 2).reshape(windows, tokens, width)))
        result: Tensor = self.norm2(x + self.down(functional.gelu(self.up(x), approximate="tanh")))
        return result


class Pooled(nn.Module):
    """A question about a whole window: what a learned query attends to, beside the mean."""

    def __init__(self, width: int, outputs: int, hidden: int = 128) -> None:
        super().__init__()
        self.query = nn.Linear(width, 1)
        self.hidden = nn.Linear(2 * width, hidden)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, x: Tensor, bias: Tensor, mean: Tensor, noise: float) -> Tensor:
        """Return [B, outputs]; ``bias`` is [B, T]."""
        weights = torch.softmax(self.query(x).squeeze(-1) + bias, dim=-1)
        seen = torch.bmm(weights.unsqueeze(1), x).squeeze(1)
        pooled = functional.dropout(torch.cat((seen, mean), dim=-1), noise, self.training)
        result: Tensor = self.out(functional.gelu(self.hidden(pooled), approximate="tanh"))
        return result


class GuardNetwork(nn.Module):
    """Encoder and heads."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.noise = 0.1
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.places = nn.Embedding(MAX_TOKENS, shape.width)
        self.cases = nn.Embedding(CASES, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape) for _ in shape.layers)
        self.attack = Pooled(shape.width, 1 + shape.kinds)
        self.order = nn.Sequential(nn.Linear(shape.width, 64), nn.GELU(approximate="tanh"), nn.Linear(64, 1))
        self.harm = Pooled(shape.width, 2 * shape.harms)
        self.names = nn.Linear(shape.width, shape.tags)
        self.topic = nn.Linear(shape.width, shape.width)
        nn.init.zeros_(self.cases.weight)

    def forward(self, ids: Tensor, mask: Tensor, case: Tensor) -> Outputs:
        """``ids``, ``mask``, ``case``: [B, T]."""
        x = self.words(ids) + self.places.weight[: ids.shape[1]] + self.cases(case)
        x = functional.dropout(self.norm(x), self.noise, self.training)
        bias = torch.zeros(mask.shape, dtype=x.dtype).masked_fill(mask == 0, -math.inf)
        for layer in self.layers:
            x = layer(x, bias[:, None, None, :])
        present = mask.unsqueeze(-1).to(x.dtype)
        mean = (x * present).sum(1) / present.sum(1)
        attack = self.attack(x, bias, mean, self.noise)
        tokens = functional.dropout(x, self.noise, self.training)
        return Outputs(
            attack=attack[:, 0],
            kind=attack[:, 1:],
            order=self.order(tokens).squeeze(-1),
            harm=self.harm(x, bias, mean, self.noise).view(-1, 2, self.shape.harms),
            names=self.names(tokens),
            topic=functional.normalize(self.topic(mean), dim=-1),
        )


def pruned(base: Mapping[str, Tensor], shape: Shape) -> GuardNetwork:
    """Return a network that starts from ``base``, the tensors of all-MiniLM-L6-v2."""
    network = GuardNetwork(shape)
    with torch.no_grad():
        network.words.weight.copy_(base["embeddings.word_embeddings.weight"])
        # The segment embedding is the same for every token of ours: it is folded into the places.
        network.places.weight.copy_(
            base["embeddings.position_embeddings.weight"][:MAX_TOKENS]
            + base["embeddings.token_type_embeddings.weight"][0]
        )
        _copy_norm(network.norm, base, "embeddings.LayerNorm")
        for module, index in zip(network.layers, shape.layers, strict=True):
            layer = cast("Layer", module)
            name = f"encoder.layer.{index}"
            parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
            layer.qkv.weight.copy_(torch.cat([base[f"{part}.weight"] for part in parts]))
            layer.qkv.bias.copy_(torch.cat([base[f"{part}.bias"] for part in parts]))
            _copy(layer.out, base, f"{name}.attention.output.dense")
            _copy_norm(layer.norm, base, f"{name}.attention.output.LayerNorm")
            up, down = base[f"{name}.intermediate.dense.weight"], base[f"{name}.output.dense.weight"]
            # A neuron matters as much as what it reads times what it writes.
            kept = (up.norm(dim=1) * down.norm(dim=0)).topk(shape.inner).indices.sort().values
            layer.up.weight.copy_(up[kept])
            layer.up.bias.copy_(base[f"{name}.intermediate.dense.bias"][kept])
            layer.down.weight.copy_(down[:, kept])
            layer.down.bias.copy_(base[f"{name}.output.dense.bias"])
            _copy_norm(layer.norm2, base, f"{name}.output.LayerNorm")
        network.topic.weight.copy_(torch.eye(shape.width))
        network.topic.bias.zero_()
    return network


@torch.no_grad()
def blended(first: GuardNetwork, second: GuardNetwork, share: float) -> GuardNetwork:
    """Return ``first`` with its weights moved towards those of ``second``, which was trained on from it, by ``share`` of the way.

    See Wortsman et al. 2022, "Robust fine-tuning of zero-shot models" (arXiv 2109.01903).
    """
    for kept, new in zip(first.parameters(), second.parameters(), strict=True):
        kept.lerp_(new, share)
    return first


def _copy(linear: nn.Linear, base: Mapping[str, Tensor], name: str) -> None:
    linear.weight.copy_(base[f"{name}.weight"])
    linear.bias.copy_(base[f"{name}.bias"])


def _copy_norm(norm: nn.LayerNorm, base: Mapping[str, Tensor], name: str) -> None:
    norm.weight.copy_(base[f"{name}.weight"])
    norm.bias.copy_(base[f"{name}.bias"])
