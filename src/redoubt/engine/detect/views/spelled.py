"""Words for symbols and for digits, and single characters set apart."""

import re
from array import array
from collections.abc import Iterator

from redoubt.engine.detect.views.family import Family, Runs, in_ascii, in_place
from redoubt.engine.detect.views.origin import Bits
from redoubt.engine.detect.views.view import Edit

_SYMBOLS = re.compile(
    r"[ \t]{0,3}[\[({<][ \t]{0,2}(at|@|dot|\.)[ \t]{0,2}[\])}>][ \t]{0,3}"
    r"|(?<=[a-z0-9])[ \t]{1,3}(dot)[ \t]{1,3}(?=[a-z0-9])"
    r"|(?<=[a-z0-9])[ \t]{1,3}(at)[ \t]{1,3}(?=[a-z0-9-]{1,64}(?:\.|[ \t]{0,3}[\[({<]?[ \t]{0,2}dot\b))",
    re.IGNORECASE,
)
_DIGITS = {
    word: digit
    for digit, words in enumerate(
        ("zero oh null nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_WORD = "(?:" + "|".join(_DIGITS) + ")"
_REPEAT = "(?:double |triple )?"
_SPOKEN = re.compile(rf"\b{_REPEAT}{_WORD}(?:[\s,.-]{{1,3}}{_REPEAT}{_WORD})" + r"{5,}\b", re.IGNORECASE)
_SPOKEN_WORD = re.compile(rf"(double |triple )?({_WORD})([\s,.-]{{0,3}})", re.IGNORECASE)
_TIMES = {None: 1, "double ": 2, "triple ": 3}
_APART = re.compile(
    r"(?<![^\s(\[\"'`:=>])[^\s|](?:[ \t\r\n]{1,4}[^\s|](?![^\s.,;:!?)\]\"'`<])){5,}"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9](?:[-._*|,/~:+]{1,2}[A-Za-z0-9](?![A-Za-z0-9])){5,}"
)
_SINGLES = Runs(r"[^\s|](?:[ \t\r\n]{1,4}[^\s|]){5}|[A-Za-z0-9](?:[-._*|,/~:+]{1,2}[A-Za-z0-9]){5}")
"""What all of them begin with, and hardly anything else does."""
_SEPARATORS = re.compile(r"[ \t\r\n]+")
_MARKS = re.compile(r"[-._*|,/~:+]+")


def _symbols(text: str) -> Iterator[Edit]:
    """Undo ``john (at) example (dot) com`` and ``john at example dot com``."""
    for match in _SYMBOLS.finditer(text):
        word = (match[1] or match[2] or match[3]).lower()
        yield Edit(match.start(), match.end(), "@" if word in ("at", "@") else ".")


def _spoken(text: str) -> Iterator[Edit]:
    """Undo ``four one one double one`` (English)."""
    for run in _SPOKEN.finditer(text):
        for word in _SPOKEN_WORD.finditer(text, *run.span()):
            times = _TIMES[word[1] and word[1].lower()]
            yield Edit(word.start(), word.end(2), str(_DIGITS[word[2].lower()]) * times)
            if word[3]:
                yield Edit(word.end(2), word.end(), "")


def _apart(text: str) -> Iterator[Edit]:
    """Undo ``s e c r e t``, ``s-e-c-r-e-t`` and one character per line."""
    data, start = in_ascii(text), 0
    while (start := _SINGLES.first(data, start)) >= 0:
        run = _APART.match(text, start)
        if run is None:
            start += 1
            continue
        end = run.end()
        gaps = _SEPARATORS if text[start + 1].isspace() else _MARKS
        places = array("I")
        at = start
        for gap in gaps.finditer(text, start, end):
            places.extend(range(at - start, gap.start() - start))
            at = gap.end()
        places.extend(range(at - start, end - start))
        yield Edit(start, end, gaps.sub("", text[start:end]), Bits(8, places))
        start = end


FAMILIES = (
    Family(
        "symbols",
        r"(?i)[\[({<][ \t]{0,2}(?:at|@|dot|\.)[ \t]{0,2}[\])}>]|[a-z0-9][ \t]{1,3}dot[ \t]{1,3}[a-z0-9]",
        in_place(_symbols),
    ),
    Family(
        "spoken-digits",
        rf"(?i)\b{_REPEAT}{_WORD}(?:[\s,.-]{{1,3}}{_REPEAT}{_WORD}){{5}}\b",
        in_place(_spoken),
        speculative=True,
    ),
    Family(
        "spaced",
        r"(?:^|[\s(\[\"'`:=>])[!-{}~](?:[ \t\r\n]{1,4}[!-{}~]){5}(?:[\s.,;:!?)\]\"'`<]|$)"
        r"|(?:^|[^A-Za-z0-9])[A-Za-z0-9](?:[-._*|,/~:+]{1,2}[A-Za-z0-9]){5}",
        in_place(_apart),
        speculative=True,
    ),
)
