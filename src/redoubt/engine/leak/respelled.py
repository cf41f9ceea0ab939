"""Texts whose words are each written in another way, read back with every word in its place."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterator
from itertools import islice

from redoubt.engine.detect.views.family import Runs

_FIGURES = str.maketrans("013457@$!", "oieastasi")
_FIGURED = re.compile(r"[A-Za-z][013457@$!][A-Za-z]|(?<!\w)[013457@$][A-Za-z]{2}")
_PIG = re.compile(r"\b([A-Za-z']{1,30})ay\b")
_PADDED = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{2,64}={0,2}(?![\w+/=])")
_FIGURES_SAID = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LETTERS_SAID = (
    *(
        "alfa",
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliet",
        "juliett",
        "kilo",
        "lima",
    ),
    *(
        "mike",
        "november",
        "oscar",
        "papa",
        "quebec",
        "romeo",
        "sierra",
        "tango",
        "uniform",
        "victor",
        "whiskey",
        "xray",
        "yankee",
    ),
    "zulu",
)
_SAID = {
    **{word: str(number) for number, word in enumerate(_FIGURES_SAID)},
    **{word: word[0] for word in _LETTERS_SAID},
    **dict.fromkeys(("dash", "hyphen", "minus"), " "),
}
"""What is said on the telephone: figures, the spelling alphabet of ITU-R M.1677 and ICAO, the mark between."""
_WORD = re.compile(r"[A-Za-z]+")
_FEWEST = 3
"""Words that are spelled so; fewer are everybody's."""
_PIGS = 6
_EACH_SAID = "|".join(_SAID)
_SPOKEN = Runs(
    rf"(?s)(?:^|[^a-z])(?:{_EACH_SAID})(?:[^a-z](?:.*[^a-z])?(?:{_EACH_SAID})){{{_FEWEST - 1}}}(?:[^a-z]|$)"
)
"""So many words of them, in small letters, and whatever stands between."""
_WITHIN = Runs(r"[A-Za-z][013457@$!][A-Za-z]|[013457@$][A-Za-z]{2}")
"""Stands wherever `_FIGURED` does."""


def respelled(text: str) -> Iterator[tuple[str, str]]:
    """Yield (name, text with the words as they were) for each way that ``text`` is written in; the places of words stay."""
    for name, hint, mark, often, change in _WAYS:
        if hint(text) and sum(1 for _ in islice(mark.finditer(text), often)) == often:
            yield name, change(text)
    if next(_SPOKEN(text.lower()), None):
        yield "spoken", _WORD.sub(_heard, text)


def _unfigured(text: str) -> str:
    """Return the text with letters for figures ("r3v34l")."""
    return text.translate(_FIGURES)


def _unpigged(text: str) -> str:
    """Return the words of pig latin ("igpay atinlay") without their ending; what else was moved in them is moved still."""
    return _PIG.sub(r"\1  ", text)


def _unpadded(text: str) -> str:
    """Return the words that stand each in base64."""
    return _PADDED.sub(_decoded, text)


def _decoded(found: "re.Match[str]") -> str:
    try:
        word = b64decode(found[0], validate=True).decode("ascii")
    except (Error, ValueError):
        return found[0]
    return word.ljust(len(found[0]))


def _heard(found: "re.Match[str]") -> str:
    word = found[0]
    return _SAID.get(word.lower(), word).ljust(len(word))


def _is_figured(text: str) -> bool:
    return any(figure in text for figure in "013457@$") and next(_WITHIN(text), None) is not None


def _is_pig(text: str) -> bool:
    return text.count("ay") >= _PIGS


def _is_padded(text: str) -> bool:
    return text.count("=") >= _FEWEST


_WAYS: tuple[tuple[str, Callable[[str], bool], re.Pattern[str], int, Callable[[str], str]], ...] = (
    ("figures", _is_figured, _FIGURED, _FEWEST, _unfigured),
    ("pig-latin", _is_pig, _PIG, _PIGS, _unpigged),
    (
        "base64-words",
        _is_padded,
        re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{2,64}={1,2}(?![\w+/=])"),
        _FEWEST,
        _unpadded,
    ),
)
"""(name, whether it is worth a closer look, what is a mark of it, how many marks it takes, how it is read back)."""
