"""Making weights."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from redoubt.compose.extras import needing

if TYPE_CHECKING:
    from redoubt.engine.guard.reading import Reader
    from redoubt.training.build import Built, Stage


def train(
    folder: Path | None,
    *,
    base: Path | None,
    small: bool,
    seed: int,
    threads: int,
    epochs: int,
    tell: "Callable[[Stage], None]",
) -> "Built":
    """Make weights from the data in ``folder``; see `redoubt.training.build`.

    ``base`` None: the packaged one. Raises ConfigError where the extra ``train`` is not installed, or the data cannot be used.
    """
    with needing("train", "torch", "onnx", "safetensors", what="training"):
        from redoubt.training import base as bases
        from redoubt.training.build import Job, build
        from redoubt.training.loop import Plan
    from redoubt.training.recipe import RELEASE, SMALL

    plan = Plan(epochs=epochs, seed=seed, threads=threads)
    job = Job(SMALL if small else RELEASE, plan, folder)
    return build(job, bases.load_base(base) if base else bases.packaged(), _reader, tell)


def _reader(network: bytes, tokenizer: bytes) -> "Reader":
    """Return the reader of run time over weights that were just made."""
    from redoubt.adapters.runtimes.onnx import OnnxEncoder
    from redoubt.adapters.runtimes.tokenizer import WordPieces
    from redoubt.adapters.runtimes.turns import Turns
    from redoubt.engine.guard.reading import Reader
    from redoubt.training.dataset import TAGS
    from redoubt.training.example import HARMS
    from redoubt.training.release import KINDS, NETWORK, TOKENIZER

    patience = 86_400.0  # nobody waits for an answer, and the machine may be put to sleep meanwhile
    encoder = OnnxEncoder(
        network, NETWORK, kinds=len(KINDS), harms=len(HARMS), tags=len(TAGS), turns=Turns(1, patience)
    )
    return Reader(WordPieces(tokenizer, TOKENIZER), encoder)
