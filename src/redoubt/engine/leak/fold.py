"""A text without case, blanks and marks, and the way back: what stays when somebody sets it apart, capitals it or decorates it."""

import re
from array import array
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Kana, Han and Hangul: scripts in which one character says as much as a third of a word."""
_WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
_BLANKED = bytes(ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else 32 for c in range(256))
"""ASCII in lower case, with a blank for what is no letter and no digit."""

_NOT_LATIN = bytes(octet for octet in range(256) if not 97 <= octet <= 122)


class Folded:
    """The words of a text, and its letters and digits in one run. Where they stand is found out when somebody asks."""

    def __init__(self, text: str) -> None:
        self.text = text
        if text.isascii():
            self.words = text.encode().translate(_BLANKED).decode().split()
        else:
            self.words = _WORD.findall(_lower(text))
        """Each in lower case; a character of `CJK` is a word."""
        self.letters = "".join(self.words)
        """All words, with nothing between them."""

    @cached_property
    def plain(self) -> str:
        """The letters a to z alone."""
        return self.letters.encode("ascii", "ignore").translate(None, _NOT_LATIN).decode()

    @cached_property
    def sizes(self) -> "NDArray[np.intp]":
        """How many letters each word has."""
        return np.fromiter(map(len, self.words), np.intp, len(self.words))

    @cached_property
    def vocabulary(self) -> Counter[str]:
        """The different words, as they come, and how often."""
        return Counter(self.words)

    @cached_property
    def starts(self) -> "array[int]":
        """Where each word begins in the text."""
        return array("I", [found.start() for found in _WORD.finditer(_lower(self.text))])

    @cached_property
    def ends(self) -> "array[int]":
        """Where each word ends in the text."""
        return array("I", [start + len(word) for start, word in zip(self.starts, self.words, strict=True)])

    @cached_property
    def offsets(self) -> "array[int]":
        """Where each word begins in `letters`."""
        return array("I", accumulate(map(len, self.words), initial=0))[:-1]

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
