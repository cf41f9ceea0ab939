"""Ways to write a text so that no view gives a reason to look, and yet whoever knows the text recognises it.

Views (`redoubt.engine.detect.views`) need a mark in the text: base64 looks like base64. A Caesar cipher has none, but the distances from
letter to letter are the same under all 25 of them, so one index of distances finds them all; Atbash turns each distance round.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.runs import Run

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FOLD_DISTANCE = bytes((value % 26) + 97 if value <= 51 else 0 for value in range(256))
_TURN = str.maketrans(_LETTERS, "".join(chr(97 + (26 - i) % 26) for i in range(26)))
_APART = 4
"""Letters that stand alone; fewer spell nothing."""
_OFTEN = 3
"""Words with figures among their letters; fewer are ids."""
_FIGURES = str.maketrans("013457@$!", "oieastasi")
_FIGURE = re.compile("[013457@$]")
_FIGURED = re.compile(r"[A-Za-z][013457@$!][A-Za-z]|(?<!\w)[013457@$][A-Za-z]{2}")
_FAR = 48
"""Letters back; what stood farther away counts as new."""
_BACK = "".join(map(chr, range(48, 49 + _FAR)))
_BEFORE = 4 * _FAR
_OTHERS = bytes(sorted(set(range(256)) - set(range(97, 123))))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text's letters."""

    name: str
    letters: str
    origin: Callable[[int, int], tuple[int, int]]
    """From a non-empty span of `letters` to the span of the text."""


def readings(folded: Folded) -> Iterator[Reading]:
    """Yield the letters as they are, backwards, with each word backwards, with the words in reverse order."""
    letters, total = folded.letters, len(folded.letters)

    def mirrored(start: int, end: int) -> tuple[int, int]:
        return folded.span(total - end, total - start)

    def whole(start: int, end: int) -> tuple[int, int]:
        first, last = folded.word_at(start), folded.word_at(end - 1)
        return folded.starts[first], folded.ends[last]

    def whole_mirrored(start: int, end: int) -> tuple[int, int]:
        return whole(total - end, total - start)

    yield Reading("", letters, folded.span)
    yield Reading("reversed", letters[::-1], mirrored)
    if len(letters) > len(folded.words):  # else each word is one letter: it reads as it is
        yield Reading("words-reversed", "".join([word[::-1] for word in folded.words]), whole)
        yield Reading("order-reversed", "".join(reversed(folded.words)), whole_mirrored)
        alone = array("I", [number for number, word in enumerate(folded.words) if len(word) == 1])
        if len(alone) >= _APART:

            def apart(start: int, end: int) -> tuple[int, int]:
                return folded.starts[alone[start]], folded.ends[alone[end - 1]]

            yield Reading("spelled", "".join([folded.words[number] for number in alone]), apart)


def unfigured(text: str) -> str:
    """Return the text with letters for figures where it is written so ("r3v34l"), else nothing; each character stays in its place."""
    if not _FIGURE.search(text):
        return ""
    written_so = sum(1 for _ in islice(_FIGURED.finditer(text), _OFTEN)) == _OFTEN
    return text.translate(_FIGURES) if written_so else ""


def latin(letters: str) -> str:
    """Return the letters a to z alone."""
    return letters.encode("ascii", "ignore").translate(None, _OTHERS).decode()


def latin_places(letters: str) -> "array[int]":
    """Return where each of `latin`'s letters stands."""
    return array("I", [i for i, c in enumerate(letters) if "a" <= c <= "z"])


def distances(plain: str) -> str:
    """Return how far each letter of ``plain`` (a to z) is from the one before it, around the alphabet, as letters.

    >>> distances("abcab"), distances("bcdbc")
    ('bbyb', 'bbyb')
    """
    if len(plain) < 2:
        return ""
    data = plain.encode()
    # All at once, a byte for each letter: 26 + next - this lies between 1 and 51, so that no byte borrows from its neighbour.
    size = len(data) - 1
    sums = int.from_bytes(data[1:], "little") + int.from_bytes(b"\x1a" * size, "little")
    return (
        (sums - int.from_bytes(data[:-1], "little"))
        .to_bytes(size, "little")
        .translate(_FOLD_DISTANCE)
        .decode()
    )


def echoes(letters: str) -> str:
    """Return how far back each letter stood before, as a character: the same under every alphabet that has one sign for each letter.

    >>> echoes("abcab") == echoes("xyzxy") != echoes("abcba")
    True
    """
    seen: dict[str, int] = {}
    found = []
    for at, letter in enumerate(letters):
        found.append(_BACK[min(at - seen.get(letter, -_FAR), _FAR)])
        seen[letter] = at
    return "".join(found)


def before(run: Run, letters: str, known: str) -> int:
    """Return how many letters in front of a run of `echoes` are written in the run's alphabet too.

    Their echoes say nothing yet of what they are, but the run tells which letter stands for which.
    """
    size = run.end - run.start
    table = dict(zip(letters[run.start : run.end], known[run.place : run.place + size], strict=True))
    used = set(table.values())
    most = min(run.start, run.place, _BEFORE)
    for count in range(most):
        letter, meant = letters[run.start - count - 1], known[run.place - count - 1]
        if letter not in table and meant not in used:
            table[letter] = meant
            used.add(meant)
        if table.get(letter) != meant:
            return count
    return most


def turned(distances_: str) -> str:
    """Return the distances of the same text written with the alphabet backwards (Atbash)."""
    return distances_.translate(_TURN)
