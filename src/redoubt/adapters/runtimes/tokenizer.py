"""The tokenizer of the weights: WordPiece without case, as BERT has it (Devlin et al. 2018), run by the `tokenizers` package, offline."""

import numpy as np
from tokenizers import Tokenizer as Compiled

from redoubt.domain.errors import ConfigError
from redoubt.engine.guard.interface import Tokens

_OPENING, _CLOSING = "[CLS]", "[SEP]"


class WordPieces:
    """Cuts text into pieces of words. Safe to use from many threads."""

    def __init__(self, data: bytes, source: str) -> None:
        """Read ``data``, a ``tokenizer.json``. Raises ConfigError, naming ``source``, where it is not one."""
        try:
            self._compiled = Compiled.from_str(data.decode())
        except Exception as error:  # the package raises nothing narrower
            raise ConfigError(f"{source}: not a tokenizer that can be read") from error
        self._compiled.no_padding()
        self._compiled.no_truncation()
        self.opening = self._mark(_OPENING, source)
        self.closing = self._mark(_CLOSING, source)

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of ``text``, with offsets in its code points."""
        coded = self._compiled.encode(text, add_special_tokens=False)
        spans = np.array(coded.offsets, np.int64).reshape(-1, 2)
        ids = np.array(coded.ids, np.int64)
        if len(spans) and not (spans[:, 0] < spans[:, 1]).all():
            there = spans[:, 0] < spans[:, 1]
            spans, ids = spans[there], ids[there]
        return Tokens(ids, spans[:, 0], spans[:, 1])

    def _mark(self, token: str, source: str) -> int:
        number = self._compiled.token_to_id(token)
        if number is None:
            raise ConfigError(f"{source}: the tokenizer has no {token}")
        return int(number)
