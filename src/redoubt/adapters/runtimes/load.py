"""From a folder of weights to a detector."""

from collections.abc import Callable, Iterable
from pathlib import Path

from redoubt.adapters.runtimes.onnx import OnnxEncoder
from redoubt.adapters.runtimes.tokenizer import WordPieces
from redoubt.adapters.runtimes.turns import Turns
from redoubt.adapters.runtimes.weights import NETWORK, TOKENIZER, open_weights
from redoubt.engine.detect.views import View
from redoubt.engine.guard.detector import GuardDetector
from redoubt.engine.guard.reading import Reader


def load_guard(
    folder: Path,
    views: Callable[[str], Iterable[View]],
    values: Callable[[str], Iterable[tuple[int, int]]] = lambda _text: (),
    *,
    threads: int = 1,
    timeout: float = 2.0,
    key: bytes | None = None,
) -> GuardDetector:
    """Return the guard over the weights in ``folder``, which must be signed with ``key`` (default: ours).

    ``views`` gives the hidden forms of a text, ``values`` where in it values stand that rules recognise; ``threads`` and ``timeout``
    (seconds) are as in `ModelSettings`. Raises ConfigError.
    """
    weights = open_weights(folder, key)
    metadata = weights.metadata
    encoder = OnnxEncoder(
        weights.network,
        str(folder / NETWORK),
        kinds=len(metadata.kinds),
        harms=len(metadata.harms),
        tags=1 + 2 * len(metadata.tags.types),
        turns=Turns(threads, timeout),
    )
    tokenizer = WordPieces(weights.tokenizer, str(folder / TOKENIZER))
    return GuardDetector(Reader(tokenizer, encoder), metadata, views, values)
