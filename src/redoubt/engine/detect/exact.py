"""The exact test of one rule on a small part of a text: RE2, then checksum and entropy."""

import re
from collections.abc import Callable
from math import log2

from re2 import Options, _re2

from redoubt.engine.detect.rules import MAX_MEMORY, PARTING, Rule

_ESCAPE = rb"(?:\b|\\[nrt])("
"""Begins the pattern of most secrets: what was found may stand behind a line break that is still an escape."""
_ENDS = (rb")\b", rb")")
# The binding itself: a search through re2.compile costs 5 us, through the binding 1.8 us.
_UNANCHORED = _re2.RE2.Anchor.UNANCHORED
_BACKSLASH = 0x5C
_FIRST = re.compile(rb"[A-Za-z0-9_]|\(\?:[A-Za-z0-9_]|\[[A-Za-z0-9_-]+\][^*?]")
"""A pattern that cannot begin with a backslash."""
_GROUPS = re.compile(rb"\((?!\?)|\(\?[^:i]|\|[|)]|\(\?:\||\|\\")
_PARENTHESIS = re.compile(rb"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]", re.DOTALL)
_WORD = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def entropy(text: str) -> float:
    """Return the Shannon entropy of the characters of ``text``, in bits per character.

    >>> entropy("aaaa"), entropy("abab"), entropy("abcd")
    (0.0, 1.0, 2.0)
    """
    total = len(text)
    if not total:
        return 0.0
    repeated = 0.0
    for char in set(text):
        times = text.count(char)
        if times > 1:
            repeated += times * log2(times)
    return max(0.0, log2(total) - repeated / total)


def _least_entropy(text: str) -> float:
    """Return a bound that `entropy` of ``text`` does not fall below; most random tokens need no more.

    Of all texts so long with so many different characters, the one in which all but one stand once has the least entropy.
    """
    total = len(text)
    if not total:
        return 0.0
    most = total - len(set(text)) + 1
    return log2(total) - most * log2(most) / total


def _bare(pattern: str) -> bool:
    """Tell whether the group of a pattern is its whole match but for an escape in front: RE2 takes long to find groups."""
    written = pattern.encode()
    end = next((end for end in _ENDS if written.endswith(end)), None)
    if not written.startswith(_ESCAPE) or end is None:
        return False
    body = written[len(_ESCAPE) : -len(end)]
    return _FIRST.match(body) is not None and _GROUPS.search(body) is None and _closed(body)


def _closed(body: bytes) -> bool:
    """Tell whether no parenthesis of the pattern's body closes one that was opened before it."""
    depth = 0
    for token in _PARENTHESIS.finditer(body):
        depth += {b"(": 1, b")": -1}.get(token[0], 0)
        if depth < 0:
            return False
    return depth == 0


def _letters(name: bytes) -> bytes:
    """Return a name without what only parts its words: `next_token` and `NextToken` are one."""
    return name.lower().translate(None, PARTING)


class Exact:
    """A rule's pattern and checks, compiled when the first candidate turns up."""

    __slots__ = ("_bare", "_match", "_unless", "_validators", "around", "rule")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        before, after = rule.context_window if rule.context else (0, 0)
        self.around = before + 1, after + 1
        """How many characters before and behind a match count for whether it is one, and how sure."""
        self._bare = _bare(rule.pattern)
        self._unless = tuple(_letters(word.encode()) for word in rule.unless)
        self._match: Callable[[object, bytes, int, int], list[tuple[int, int]]] | None = None
        self._validators: tuple[Callable[[str], bool], ...] = ()

    def search(self, data: bytes, low: int, high: int, last: int | None = None) -> tuple[int, int, int]:
        r"""Return (start, end, resume) of the first valid match that lies in ``data[low:high]``.

        Where there is none, start and end are -1, and ``resume`` is ``high`` or, if valid ones may begin there still, less.

        Offsets are bytes of ``data``; the characters around the window still count for ``\b`` and ``^``. ``resume`` is
        the end of the whole match, of which the span may be a part. A match that fails its checks is stepped over by a
        word, so that a valid one which overlaps it is still found; beyond ``last`` (default: ``high``) no more are tried.
        """
        match = self._match or self._compile()
        multiline = self.rule.multiline
        last = high if last is None else min(last, high)
        while low < last:
            spans = match(_UNANCHORED, data, low, high)
            whole, end = spans[0]
            if whole < 0:
                return -1, -1, high
            if self._bare:
                start, stop = whole + 2 if data[whole] == _BACKSLASH else whole, end
            else:
                start, stop = spans[1] if len(spans) > 1 and spans[1][0] >= 0 else (whole, end)
            if self._unless and self._spoken_against(data[whole:start]):
                low = start  # not into the name: the rest of it would say something else
                continue
            if (
                start < stop
                and (multiline or data.find(b"\n", whole, end) < 0)
                and self._accepts(data, start, stop)
            ):
                return start, stop, end
            low = whole + 1
            if data[whole] in _WORD:
                while low < end and data[low] in _WORD:
                    low += 1
        return -1, -1, low

    def _spoken_against(self, before: bytes) -> bool:
        """Tell whether the part of a match before its span holds a word that makes it something else."""
        name = _letters(before)
        return any(word in name for word in self._unless)

    def _accepts(self, data: bytes, start: int, stop: int) -> bool:
        """Apply length, entropy and validators to the span."""
        rule = self.rule
        if stop - start > rule.max_length:
            return False
        if not rule.min_entropy and not self._validators:
            return True
        text = data[start:stop].decode("utf-8", "replace")
        if rule.min_entropy and _least_entropy(text) < rule.min_entropy and entropy(text) < rule.min_entropy:
            return False
        return all(accepts(text) for accepts in self._validators)

    def _compile(self) -> Callable[[object, bytes, int, int], list[tuple[int, int]]]:
        """Compile the pattern and look up the validators. Two threads may both do it; the result is the same."""
        options = Options()
        options.log_errors = False
        options.max_mem = MAX_MEMORY
        options.never_capture = self._bare
        if self.rule.validator:
            from redoubt.engine.detect.validators import validator

            self._validators = tuple(validator(name) for name in self.rule.validator)
        match: Callable[[object, bytes, int, int], list[tuple[int, int]]] = _re2.RE2(
            self.rule.pattern.encode(), options
        ).Match
        self._match = match
        return match
