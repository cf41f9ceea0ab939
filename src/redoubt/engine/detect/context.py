"""Context words: what is written near a span says what a bare number is."""

import re
from collections.abc import Sequence

import hyperscan

from redoubt.engine.detect.database import Database
from redoubt.engine.detect.rules import Rule

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Context:
    """The context words of all rules, compiled for one pass over the neighbourhood of a span.

    A word counts where no ASCII letter touches it: ``ssn`` is near in ``user_ssn:`` and ``SSN1``, not in ``classname``.
    Words that begin or end in a script without ASCII letters may be inflected or run on. A space in a phrase stands for
    any one or two of space, hyphen and underscore.
    """

    def __init__(self, rules: Sequence[Rule], database: Database | None = None) -> None:
        words: dict[bytes, int] = {}
        self._rules = tuple(
            frozenset(words.setdefault(form, len(words)) for form in _forms(rule)) for rule in rules
        )
        self.widest = (
            max((rule.context_window[0] for rule in rules), default=0) + 1,
            max((rule.context_window[1] for rule in rules), default=0) + 1,
        )
        """The most characters before and behind a span in which its context words can be, and one."""
        self._words = tuple(words)
        expressions = [(_expression(word), hyperscan.HS_FLAG_CASELESS) for word in words]
        self._database = database or (Database.compile(expressions) if expressions else None)

    def dump(self) -> bytes:
        """Return the compiled form, to be given to `load` with the same rules."""
        return self._database.dump() if self._database else b""

    @classmethod
    def load(cls, rules: Sequence[Rule], data: bytes) -> "Context":
        """Take up what `dump` gave. Raises ConfigError where it does not fit this machine."""
        return cls(rules, Database.load(data) if data else None)

    def words(self, data: bytes, low: int, high: int) -> frozenset[int]:
        """Return the numbers of the words that may be near something in ``data[low:high]``, for `concerns`."""
        if self._database is None:
            return frozenset()
        # Only the neighbourhood is asked whether it is ASCII: to ask the whole text for each window would be quadratic.
        before, after = self.widest
        begin = max(0, low - 4 * before)
        text = data[begin : high + 4 * after]
        if text.isascii():
            text = text[max(0, low - before) - begin : high + after - begin]
        return frozenset(number for _, number in self._database.scan(text))

    def concerns(self, index: int, words: frozenset[int]) -> bool:
        """Tell whether one of the words is a context word of the rule."""
        return not self._rules[index].isdisjoint(words)

    def near(self, index: int, data: bytes, start: int, end: int, window: tuple[int, int]) -> bool:
        """Tell whether a context word of the rule is within ``window`` characters of ``data[start:end]``."""
        words = self._rules[index]
        if not words:
            return False
        before, after = window
        left = _last(data[max(0, start - 4 * before - 4) : start], before + 1)
        right = _first(data[end : end + 4 * after + 4], after + 1)
        return self._holds(words, left) or self._holds(words, right)

    def _holds(self, words: frozenset[int], text: bytes) -> bool:
        """Tell whether one of the words is in the text, whole."""
        for end, number in self._database.scan(text) if self._database else ():
            if number in words:
                start = end - len(self._words[number])
                if not (start > 0 and text[start - 1] in _LETTERS and text[start] in _LETTERS) and not (
                    end < len(text) and text[end] in _LETTERS and text[end - 1] in _LETTERS
                ):
                    return True
        return False


def _last(data: bytes, count: int) -> bytes:
    """Return the last characters of a piece of UTF-8."""
    return data[-count:] if data.isascii() else data.decode("utf-8", "ignore")[-count:].encode()


def _first(data: bytes, count: int) -> bytes:
    """Return the first characters of a piece of UTF-8."""
    return data[:count] if data.isascii() else data.decode("utf-8", "ignore")[:count].encode()


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
