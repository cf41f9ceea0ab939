"""Context words: what is written near a span says what a bare number is."""

import re
from bisect import bisect_left
from collections.abc import Sequence

import hyperscan

from redoubt.engine.detect.database import Database
from redoubt.engine.detect.rules import Rule

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


_BLOCK = 1024
"""Bytes that are searched at once for context words."""


class Context:
    """The context words of all rules, compiled for one pass over the neighbourhood of a span.

    A word counts where no ASCII letter touches it: ``ssn`` is near in ``user_ssn:`` and ``SSN1``, not in ``classname``.
    Words that begin or end in a script without ASCII letters may be inflected or run on. A space in a phrase stands for
    any one of space, hyphen and underscore.
    """

    def __init__(self, rules: Sequence[Rule], database: Database | None = None) -> None:
        words: dict[bytes, int] = {}
        self.words_of = tuple(
            frozenset(words.setdefault(form, len(words)) for form in _forms(rule)) for rule in rules
        )
        """For each rule the numbers of its words."""
        self.lengths = tuple(map(len, words))
        """The length of each word in bytes."""
        self.longest = max(self.lengths, default=0)
        self.widest = (
            max((rule.context_window[0] for rule in rules), default=0) + 1,
            max((rule.context_window[1] for rule in rules), default=0) + 1,
        )
        """The most characters before and behind a span in which its context words can be, and one."""
        expressions = [(_expression(word), hyperscan.HS_FLAG_CASELESS) for word in words]
        self.database = database or (Database.compile(expressions) if expressions else None)

    def dump(self) -> bytes:
        """Return the compiled form, to be given to `load` with the same rules."""
        return self.database.dump() if self.database else b""

    @classmethod
    def load(cls, rules: Sequence[Rule], data: bytes) -> "Context":
        """Take up what `dump` gave. Raises ConfigError where it does not fit this machine."""
        return cls(rules, Database.load(data) if data else None)

    def concerns(self, index: int, words: frozenset[int]) -> bool:
        """Tell whether one of the words is a context word of the rule."""
        return not self.words_of[index].isdisjoint(words)


class Words:
    """The context words of one text: each part of it is searched once, when it is first asked about."""

    __slots__ = ("_blocks", "_context", "_data")

    def __init__(self, context: Context, data: bytes) -> None:
        """Take a text, ``data``, which must be UTF-8."""
        self._context = context
        self._data = data
        self._blocks: dict[int, list[tuple[int, int]]] = {}

    def around(self, low: int, high: int) -> frozenset[int]:
        """Return the numbers of the words that may be near something in ``data[low:high]``, for `Context.concerns`."""
        before, after = self._context.widest
        wide = 1 if self._data[max(0, low - before) : high + after].isascii() else 4
        return frozenset(number for _, number in self._between(low - before * wide, high + after * wide))

    def near(self, index: int, start: int, end: int, window: tuple[int, int]) -> bool:
        """Tell whether a context word of the rule is within ``window`` characters of ``data[start:end]``."""
        words = self._context.words_of[index]
        if not words:
            return False
        before, after = window
        return self._holds(
            words, start - _last(self._data[max(0, start - 4 * before - 4) : start], before + 1), start
        ) or self._holds(words, end, end + _first(self._data[end : end + 4 * after + 4], after + 1))

    def _holds(self, words: frozenset[int], low: int, high: int) -> bool:
        """Tell whether one of the words is in ``data[low:high]``, whole as far as that shows."""
        data, lengths = self._data, self._context.lengths
        for end, number in self._between(low, high):
            if number in words:
                start = end - lengths[number]
                if (
                    start >= low
                    and not (start > low and data[start - 1] in _LETTERS and data[start] in _LETTERS)
                    and not (end < high and data[end] in _LETTERS and data[end - 1] in _LETTERS)
                ):
                    return True
        return False

    def _between(self, low: int, high: int) -> list[tuple[int, int]]:
        """Return (end, number) of each word that ends behind ``low`` and not behind ``high``, ascending."""
        low, high = max(0, low), min(high, len(self._data))
        found: list[tuple[int, int]] = []
        for block in range(low // _BLOCK, (high - 1) // _BLOCK + 1):
            hits = self._blocks.get(block)
            if hits is None:
                hits = self._blocks[block] = self._search(block)
            found += hits[bisect_left(hits, (low + 1,)) : bisect_left(hits, (high + 1,))]
        return found

    def _search(self, block: int) -> list[tuple[int, int]]:
        """Return (end, number) of each word whose last byte lies in a block."""
        database = self._context.database
        begin = block * _BLOCK
        first = max(0, begin - self._context.longest)
        hits = database.scan(self._data[first : begin + _BLOCK]) if database else []
        return [(end + first, number) for end, number in hits if end + first > begin] if first else hits


def _last(data: bytes, count: int) -> int:
    """Return how many bytes the last characters of a piece of UTF-8 take."""
    return min(count, len(data)) if data.isascii() else len(data.decode("utf-8", "ignore")[-count:].encode())


def _first(data: bytes, count: int) -> int:
    """Return how many bytes the first characters of a piece of UTF-8 take."""
    return min(count, len(data)) if data.isascii() else len(data.decode("utf-8", "ignore")[:count].encode())


def word_expressions(rule: Rule) -> list[tuple[bytes, int]]:
    """Return (expression, Hyperscan flags) of each of the rule's context words."""
    return [(_expression(form), hyperscan.HS_FLAG_CASELESS) for form in _forms(rule)]


def _forms(rule: Rule) -> list[bytes]:
    """Return the context words; beyond ASCII, where Hyperscan knows no case, in each of the usual cases."""
    forms = {
        form.encode()
        for word in rule.context
        for form in (word, word.upper(), word.title())
        if form == word or not word.isascii()
    }
    return sorted(forms)


def _expression(word: bytes) -> bytes:
    """Return the word as an expression in which spaces are tolerant."""
    return rb"[ _-]".join(re.escape(part) for part in word.split(b" "))
