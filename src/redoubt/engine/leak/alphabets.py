"""Other alphabets: one sign for each letter, whatever the signs are (Greek, made-up letters, emoji, "Alpha Bravo", 1 for A, code points).

Which sign stands for which letter need not be known. How far back each sign stood before is the same in every alphabet, so one index of
these distances finds them all (the isomorphs of cryptanalysis: W. F. Friedman, "Military Cryptanalysis", 1938).
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.runs import SHORTEST, STEP, Run

_FAR = 48
"""Signs back; what stood farther away counts as new."""
_BACK = (bytes(range(ord("0"), ord("0") + _FAR)) + b"~").ljust(256)
"""What says how far back, and behind it what says that a sign is new."""
_BACKS = np.frombuffer(_BACK, np.uint8)[: _FAR + 1]
_ASCII = bytes(range(128)) + bytes(_FAR)
"""Each sign once, and a gap."""
_BEFORE = 4 * _FAR
_WORDS = 0.75
"""Of the characters that are no blanks, so many are letters and digits where somebody writes words or code."""


class Writing(NamedTuple):
    """A text as a row of signs."""

    signs: Sequence[Hashable]
    echoes: str
    span: Callable[[int, int], tuple[int, int]]
    """From a non-empty span of `signs` to the span of the text."""
    spaced: bool
    """Whether blanks and marks may have signs too."""
    bare: bool
    """Whether letters alone may have signs."""

    def may_be(self, *, spaced: bool) -> bool:
        """Tell whether it may be a text with blanks and marks (``spaced``), or else of letters alone."""
        return self.spaced if spaced else self.bare


def echoes(signs: Sequence[Hashable]) -> str:
    """Return how far back each sign stood before, as characters.

    >>> echoes("abcab") == echoes("xyzxy") != echoes("abcba")
    True
    """
    if isinstance(signs, str) and signs.isascii():
        return _at_once(signs)
    last: dict[Hashable, int] = {}
    stood = last.get
    found = bytearray()
    for at, sign in enumerate(signs):
        back = at - stood(sign, -_FAR)
        last[sign] = at
        found.append(back if back < _FAR else _FAR)
    return found.translate(_BACK).decode()


def _at_once(signs: str) -> str:
    """Return the echoes of ASCII."""
    # Sorted, each sign stands next to where it stood before: in front of all of them at the least.
    order = np.frombuffer(_ASCII + signs.encode(), np.uint8).argsort(kind="stable")
    found = np.empty(len(order), np.uint8)
    found[order[1:]] = _BACKS.take(order[1:] - order[:-1], mode="clip")
    return found[len(_ASCII) :].tobytes().decode()


def writings(folded: Folded) -> Iterator[Writing]:
    """Yield what may be the signs of a text: its letters; each word; each number; each character where it does not look like words."""
    text, letters, words = folded.text, folded.letters, folded.words
    yield Writing(letters, echoes(letters), folded.span, spaced=False, bare=True)
    if SHORTEST <= len(words) < len(letters):
        yield Writing(words, echoes(words), partial(_between, folded), spaced=True, bare=True)
        figured = sum(times for word, times in folded.vocabulary.items() if word.isdecimal())
        if SHORTEST <= figured < len(words):
            numbers = [at for at, word in enumerate(words) if word.isdecimal()]
            signs = [words[at] for at in numbers]
            yield Writing(signs, echoes(signs), partial(_picked, folded, numbers), spaced=True, bare=True)
    if len(letters) < _WORDS * len(text) and len(letters) < _WORDS * sum(map(len, text.split())):
        yield Writing(text, echoes(text), _itself, spaced=True, bare=False)


def row(folded: Folded) -> str:
    """Return the echoes of all writings, each from a place on where `Grams` looks for a gram."""
    return "".join([each.echoes.ljust(-len(each.echoes) // STEP * -STEP) for each in writings(folded)])


def alike(run: Run, signs: Sequence[Hashable], known: str) -> bool:
    """Tell whether a run is written in the same alphabet: another price in the operator's words changes few letters."""
    size = run.end - run.start
    pairs = zip(signs[run.start : run.end], known[run.place : run.place + size], strict=True)
    return 2 * sum(str(sign).lower() == letter.lower() for sign, letter in pairs) > size


def before(run: Run, signs: Sequence[Hashable], known: str) -> int:
    """Return how many signs in front of a run belong to it too.

    Their echoes say nothing yet of what they are, but the run tells which sign stands for which letter.
    """
    size = run.end - run.start
    table = dict(zip(signs[run.start : run.end], known[run.place : run.place + size], strict=True))
    used = set(table.values())
    most = min(run.start, run.place, _BEFORE)
    for more in range(most):
        sign, meant = signs[run.start - more - 1], known[run.place - more - 1]
        if sign not in table and meant not in used:
            table[sign] = meant
            used.add(meant)
        if table.get(sign) != meant:
            return more
    return most


def _between(folded: Folded, start: int, end: int) -> tuple[int, int]:
    return folded.starts[start], folded.ends[end - 1]


def _picked(folded: Folded, numbers: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return _between(folded, numbers[start], numbers[end - 1] + 1)


def _itself(start: int, end: int) -> tuple[int, int]:
    return start, end
