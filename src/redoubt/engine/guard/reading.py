"""A text as the network read it: its tokens, its windows, and what was said of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from redoubt.domain.errors import InputError
from redoubt.engine.guard.case import cases
from redoubt.engine.guard.interface import Encoder, Ids, Numbers, Row, Tokenizer, Tokens, Window
from redoubt.engine.guard.windows import Stretch, breaks, cut, sentences

MAX_LENGTH = 1_000_000
"""Code points of one text. No model takes more, and reading it takes some twenty seconds."""
BLOCK = 16_384
"""Code points that are tokenised at once, which bounds the memory it takes."""
_AT_ONCE = 16
"""Windows asked for at once."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read. It has as many rows as stretches, and none where the text holds no token."""

    text: str
    tokens: Tokens
    begins: tuple[int, ...]
    """Numbers of the tokens that begin a sentence."""
    stretches: tuple[Stretch, ...]
    rows: tuple[Row, ...]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the code points that the tokens ``[first, last)`` span."""
        return int(self.tokens.starts[first]), int(self.tokens.ends[last - 1])

    @property
    def order(self) -> Numbers:
        """Logit of each token, from the window whose own it is."""
        return self._of_tokens([row.order for row in self.rows])

    @property
    def names(self) -> Numbers:
        """Logits of each token by tag, from the window whose own it is."""
        return self._of_tokens([row.names for row in self.rows])

    def _of_tokens(self, rows: list[Numbers]) -> Numbers:
        # The first of a row is the opening mark.
        own = [
            row[1 + s.own - s.first : 1 + s.own_end - s.first]
            for s, row in zip(self.stretches, rows, strict=True)
        ]
        return np.concatenate(own)


class Reader:
    """Reads texts. Training measures what it promises through the same reader."""

    def __init__(self, tokenizer: Tokenizer, encoder: Encoder) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder

    def read(self, text: str) -> Reading:
        """Return ``text``, read whole, in linear time.

        Raises InputError beyond `MAX_LENGTH`, and ServiceError where the network cannot answer.
        """
        if len(text) > MAX_LENGTH:
            raise InputError(
                f"the text is longer than the {MAX_LENGTH} characters that the guard models read; send it in parts",
                too_large=True,
            )
        clean = text.encode("utf-8", "replace").decode()  # lone surrogates become "?", one for one
        ends = sentences(clean)
        tokens = spelled(self._tokenizer.tokens, clean, ends)
        begins = breaks(tokens.starts.tolist(), ends)
        stretches = tuple(cut(len(tokens), begins))
        written = cases(clean, zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True))
        rows: list[Row] = []
        for at in range(0, len(stretches), _AT_ONCE):
            some = stretches[at : at + _AT_ONCE]
            rows += self._encoder.rows([self._window(tokens.ids, written, s) for s in some])
        return Reading(clean, tokens, tuple(begins), stretches, tuple(rows))

    def _window(self, ids: Ids, written: Ids, stretch: Stretch) -> Window:
        size = stretch.last - stretch.first + 2
        window = Window(np.empty(size, np.int64), np.zeros(size, np.int64))
        window.ids[0], window.ids[-1] = self._tokenizer.opening, self._tokenizer.closing
        window.ids[1:-1] = ids[stretch.first : stretch.last]
        window.cases[1:-1] = written[stretch.first : stretch.last]
        return window


def spelled(tokens: Callable[[str], Tokens], text: str, ends: list[int]) -> Tokens:
    """Return the tokens of ``text``, made block by block by ``tokens``; ``ends`` are where its sentences end."""
    parts = [(start, tokens(text[start:end])) for start, end in blocks(text, ends)]
    if len(parts) == 1:
        return parts[0][1]
    none: list[Ids] = [np.empty(0, np.int64)]
    return Tokens(
        np.concatenate(none + [part.ids for _, part in parts]),
        np.concatenate(none + [part.starts + start for start, part in parts]),
        np.concatenate(none + [part.ends + start for start, part in parts]),
    )


def blocks(text: str, ends: list[int], size: int = BLOCK) -> Iterator[tuple[int, int]]:
    """Yield stretches of at most ``size`` code points, cut behind a sentence, or else a blank, where there is one."""
    start = place = 0
    while start < len(text):
        limit = start + size
        end = 0
        while place < len(ends) and ends[place] <= limit:
            end = ends[place]
            place += 1
        if end <= start:
            blank = text.rfind(" ", start, limit)
            end = min(len(text), blank + 1 if blank > start else limit)
        yield start, end
        start = end
