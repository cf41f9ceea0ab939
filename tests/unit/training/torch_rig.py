"""A base of random weights, and networks small enough to be tested. Import it behind `pytest.importorskip("torch")`."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from redoubt.training.network import GuardNetwork, Shape
from tests.unit.training.rig import tokenizer, vocabulary

TINY = Shape(layers=(0, 1), inner=48, width=24, heads=2, vocabulary=len(vocabulary()))
INNER = 32


def network(seed: int = 1) -> GuardNetwork:
    """Return a tiny network with random weights, the table of cases included."""
    torch.manual_seed(seed)
    made = GuardNetwork(TINY)
    torch.nn.init.normal_(made.cases.weight)
    made.eval()
    return made


def base_tensors(width: int = 384, seed: int = 2) -> dict[str, Tensor]:
    """Return random tensors, named as those of a BERT of six layers."""
    draw = torch.Generator().manual_seed(seed)

    def random(*shape: int) -> Tensor:
        return torch.randn(shape, generator=draw) * 0.05

    made = {
        "embeddings.word_embeddings.weight": random(len(vocabulary()), width),
        "embeddings.position_embeddings.weight": random(140, width),
        "embeddings.token_type_embeddings.weight": random(2, width),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        norms += [f"{name}.attention.output.LayerNorm", f"{name}.output.LayerNorm"]
        sizes = {
            **{f"attention.self.{part}": (width, width) for part in ("query", "key", "value")},
            "attention.output.dense": (width, width),
            "intermediate.dense": (INNER, width),
            "output.dense": (width, INNER),
        }
        for part, shape in sizes.items():
            made[f"{name}.{part}.weight"] = random(*shape)
            made[f"{name}.{part}.bias"] = random(shape[0])
    for norm in norms:
        made[f"{norm}.weight"], made[f"{norm}.bias"] = torch.ones(width), random(width)
    return made


def write_base(folder: Path, tensors: dict[str, Tensor] | None = None) -> Path:
    """Write a base and its tokenizer; return the file of the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.safetensors"
    save_file(tensors or base_tensors(), path)
    (folder / "tokenizer.json").write_text(tokenizer().to_str())
    return path
