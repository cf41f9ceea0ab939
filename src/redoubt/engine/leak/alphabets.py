"""Other alphabets: one sign for each letter, whatever the signs are (Greek, made-up letters, emoji, "Alpha Bravo", 1 for A, code points).

Which sign stands for which letter need not be known. How far back each sign stood before is the same in every alphabet, so one index of
these distances finds them all (the isomorphs of cryptanalysis: W. F. Friedman, "Military Cryptanalysis", 1938).
"""

from array import array
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.runs import SHORTEST, Run

_FAR = 48
"""Signs back; what stood farther away counts as new."""
_BACK = [chr(48 + back) for back in range(_FAR)]
_NEW = "~"
_BEFORE = 4 * _FAR
_WORDS = 0.75
"""Of the characters that are no blanks, so many are letters and digits where somebody writes words or code."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A text as a row of signs."""

    signs: Sequence[Hashable]
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
    seen: dict[Hashable, int] = {}
    found = []
    for at, sign in enumerate(signs):
        back = at - seen.get(sign, -_FAR)
        seen[sign] = at
        found.append(_BACK[back] if back < _FAR else _NEW)
    return "".join(found)


def writings(text: str, folded: Folded) -> Iterator[Writing]:
    """Yield what may be the signs of a text: its letters; each word; each number; each character where it does not look like words."""
    yield Writing(folded.letters, folded.span, spaced=False, bare=True)
    words = folded.words
    if len(words) >= SHORTEST and len(words) < len(folded.letters):
        yield _picked(folded, array("I", range(len(words))))
        numbers = array("I", [at for at, word in enumerate(words) if word.isdecimal()])
        if SHORTEST <= len(numbers) < len(words):
            yield _picked(folded, numbers)
    if len(folded.letters) < _WORDS * sum(map(len, text.split())):
        yield Writing(text, _itself, spaced=True, bare=False)


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
    for count in range(most):
        sign, meant = signs[run.start - count - 1], known[run.place - count - 1]
        if sign not in table and meant not in used:
            table[sign] = meant
            used.add(meant)
        if table.get(sign) != meant:
            return count
    return most


def _picked(folded: Folded, numbers: "array[int]") -> Writing:
    def span(start: int, end: int) -> tuple[int, int]:
        return folded.starts[numbers[start]], folded.ends[numbers[end - 1]]

    return Writing([folded.words[at] for at in numbers], span, spaced=True, bare=True)


def _itself(start: int, end: int) -> tuple[int, int]:
    return start, end
