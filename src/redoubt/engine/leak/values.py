"""Values in an operator's text that are a secret at any length: keys, codes, passwords, addresses of internal machines."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from redoubt.engine.leak.disguises import Reading
from redoubt.engine.leak.fold import Folded

MOST = 256
"""So many values of one operator's text are looked for."""
_BARE = 10
"""Letters of a value that is recognised without a border on either side."""
_LEAST = 4
_NAMED = re.compile(
    r"(?i:\b(?:pass(?:word|phrase|code)?|secret(?: (?:word|code|key|phrase|token))?|code ?words?|access code|pin|api[ _-]?key"
    r"|token|key|canary|flag"
    r"|credentials?|override code|master code|(?:promo|discount|voucher|coupon|unlock|admin|security|activation) code|passwort"
    r"|kennwort"
    r"|mot de passe|contraseña|senha|parola d'ordine|wachtwoord))[\"'`*]{0,2}"
    r"(?:[ \t]{0,2}[:=][ \t]{0,2}|\s{1,2}(?i:is|ist|est|es|è|é)\s{1,2}(?::\s?)?|[ \t]{1,2}(?=[\"'`“«]))"
    r"(?:\"([^\"\n]{4,80})\"|'([^'\n]{4,80})'|`([^`\n]{4,80})`|“([^”\n]{4,80})”|([^\s\"'`“”,;()]{4,128}))"
)
_CALLED = re.compile(
    r"\b(?i:pass(?:word|phrase|code)|(?:secret|magic) (?:word|code|key|phrase|token)|code ?word|(?:access|override|master|unlock"
    r"|security|admin) code)"
    r"[^.!?:=\"\n]{0,12}\n?[^.!?:=\"\n]{0,48}?\s(?i:is|lautet|ist|est|es|è|é)\s{1,2}[\"'`“«]?([^\s\"'`“”,;()]{4,128})"
)
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+/=.-]{6,126}[A-Za-z0-9=]")
_INTERNAL = re.compile(
    r"\b(?:https?://)?(?:(?:10|127)(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}"
    r"|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:internal|local|corp|lan|intranet|private|svc"
    r"|cluster))(?::\d{2,5})?(?:/[^\s\"'<>`)]{0,200})?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?=[A-Z0-9-]{6,40}\b)(?:[A-Z]{2,}[0-9]{2,}|[A-Z]{2,}(?:-[A-Z0-9]{2,}){1,5}-?[0-9]{2,})\b"
)
_HUSHED = re.compile(
    r"\b(?:never|not|don't|secret|confidential|intern(?:al|e|er|es|en)?|nobody|only|nie|niemals|nicht|jamais"
    r"|nunca)\b[^.\n]{0,120}\b(?:shar|reveal|disclos|tell|told|mention|give|say|discuss|repeat|show|verrat|nenn)"
    r"|\b(?:confidential|top secret|intern(?:al|e|er|es|en)?|geheim\w{0,3}|vertraulich\w{0,3}|confidentiel\w{0,2}|confidencial)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_NOT_SECRET = re.compile(
    r"(?i)(?:required|optional|none|null|true|false|here|below|above|confidential|secret|never|not|the|a|an|in|to|valid|invalid"
    r"|wrong|correct)"
)


class Values:
    """The secret values of one text, folded to letters and digits."""

    __slots__ = ("_needles",)

    def __init__(self, values: Sequence[str]) -> None:
        folded = dict.fromkeys(Folded(value).letters for value in values)
        self._needles = tuple(letters for letters in folded if len(letters) >= _LEAST)[:MOST]

    def __bool__(self) -> bool:
        return bool(self._needles)

    def __contains__(self, value: str) -> bool:
        return value in self._needles

    def without(self, known: Sequence[str]) -> "Values":
        """Return the values that none of the texts ``known``, folded already, holds."""
        return Values([needle for needle in self._needles if not any(needle in text for text in known)])

    def found(self, reading: Reading) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, value) for each place of ``reading.letters``; short values only where words begin and end."""
        letters = reading.letters
        for needle in self._needles:
            at = letters.find(needle)
            while at >= 0:
                yield at, at + len(needle), needle
                at = letters.find(needle, at + len(needle))


def stands_alone(text: str, start: int, end: int, value: str) -> bool:
    """Tell whether a value is long enough to be no accident, or has no letter or digit beside it."""
    if len(value) >= _BARE:
        return True
    if text[start:end].isalnum() and end - start != len(value):
        return False  # read in another way, it is a part of a longer word
    before = start == 0 or not text[start - 1].isalnum()
    return before and (end == len(text) or not text[end].isalnum())


def secrets(text: str) -> Iterator[str]:
    """Yield what of an operator's text is a secret by its look, its name, or because it is said not to be told. Linear."""
    for named in _NAMED.finditer(text):
        value = next(group for group in named.groups() if group is not None).strip(".,;:!?*_")
        if not _NOT_SECRET.fullmatch(value.split()[0] if value.split() else "the"):
            yield value
    for called in _CALLED.finditer(text):
        value = called[1].strip(".,;:!?*_")
        if not _NOT_SECRET.fullmatch(value):
            yield value
    for token in _TOKEN.finditer(text):
        if _random(token[0]):
            yield token[0]
    for address in _INTERNAL.finditer(text):
        yield address[0].partition("://")[2] or address[0]
    for code in _CODE.finditer(text):
        if _HUSHED.search(_sentence(text, *code.span())):
            yield code[0]


def _random(token: str) -> bool:
    """Tell whether a token is a key by its look: letters of both cases among digits, or many digits among letters, and no word."""
    if len(token) < 12 or "://" in token or token.count(".") > 2:
        return False
    digits = sum(c.isdigit() for c in token)
    letters = sum(c.isalpha() for c in token)
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(token))
    return digits >= 3 and letters >= 5 and changes >= 4


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a span, at most 200 characters either way."""
    low, high = max(0, start - 200), min(len(text), end + 200)
    for stop in _SENTENCE_END.finditer(text, low, start):
        low = stop.end()
    closing = _SENTENCE_END.search(text, end, high)
    return text[low : closing.start() if closing else high]
