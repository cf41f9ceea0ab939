"""A text without case, blanks and marks, and the way back: what stays when somebody sets it apart, capitals it or decorates it."""

import re
from array import array
from bisect import bisect_right
from itertools import accumulate

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Kana, Han and Hangul: scripts in which one character says as much as a third of a word."""
_WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")


class Folded:
    """The words of a text, and its letters and digits in one run."""

    __slots__ = ("ends", "letters", "offsets", "starts", "words")

    def __init__(self, text: str) -> None:
        low = _lower(text)
        spans = [found.span() for found in _WORD.finditer(low)]
        self.words = [low[start:end] for start, end in spans]
        """Each in lower case; a character of `CJK` is a word."""
        self.starts = array("I", [start for start, _ in spans])
        """Where each word begins in the text."""
        self.ends = array("I", [end for _, end in spans])
        """And where it ends."""
        self.offsets = array("I", accumulate(map(len, self.words), initial=0))
        """Where each word begins in `letters`."""
        self.offsets.pop()
        self.letters = "".join(self.words)
        """All words, with nothing between them."""

    def word_at(self, letter: int) -> int:
        """Return the number of the word that holds the letter."""
        return bisect_right(self.offsets, letter) - 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the letters ``start:end``, at least one, stand in the text."""
        first, last = self.word_at(start), self.word_at(end - 1)
        return (
            self.starts[first] + start - self.offsets[first],
            self.starts[last] + end - self.offsets[last],
        )

    def words_in(self, start: int, end: int) -> range:
        """Return the numbers of the words of which more than half lies in the letters ``start:end``."""
        first, last = self.word_at(start), self.word_at(end - 1)
        if 2 * (start - self.offsets[first]) >= len(self.words[first]):
            first += 1
        if 2 * (end - self.offsets[last]) <= len(self.words[last]):
            last -= 1
        return range(first, last + 1)


def _lower(text: str) -> str:
    """Return the text in lower case, each character in its place: a letter that has two in lower case keeps the first."""
    low = text.lower()
    return low if len(low) == len(text) else "".join([c.lower()[:1] for c in text])
