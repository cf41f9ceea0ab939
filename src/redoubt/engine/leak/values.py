"""Values in an operator's text that are a secret at any length: keys, codes, passwords, addresses of internal machines."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.language import NO_SECRET, SMALL

MOST = 256
"""So many values of one operator's text are looked for."""
_BARE = 10
"""Letters of a value that is recognised without a border on either side."""
_LEAST = 4
_CHANGES = 3
_NAMED = re.compile(
    r"(?i:\b(pass(?:word|phrase|code)|secret (?:word|code|key|phrase|token)|(?:magic|code) ?words?|(?:access|override|master|unlock"
    r"|admin|security|activation) code|passwort|kennwort|mot de passe|contraseña|senha|parola d'ordine|wachtwoord)"
    r"|\b(?:pass|pin|(?:api[ _-]?)?key|token|canary|flag|secret|credentials?))[\"'`*]{0,2}"
    r"(?:[ \t]{0,2}[:=][ \t]{0,2}|\s{1,2}(?i:is|ist|est|es|è|é)\s{1,2}(?::\s?)?|[ \t]{1,2}(?=[\"'`“«]))"
    r"(?:\"([^\"\n]{4,80})\"|'([^'\n]{4,80})'|`([^`\n]{4,80})`|“([^”\n]{4,80})”|([^\s\"'`“”,;()]{4,128}))"
)
"""The first group is a name that makes a secret of any word that follows; behind the other names only what looks like a code is one."""
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
_CONDITION = re.compile(r"\b(?:if|when|whenever|once|unless|whether|wenn|falls|si|quand|se)\b", re.IGNORECASE)
_PIECE = re.compile(r"[A-Za-z0-9]{8,}")


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

    def within(self, letters: str) -> bool:
        """Tell whether any of them stands in the letters."""
        return any(needle in letters for needle in self._needles)

    def found(self, letters: str) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, value) for each place of the letters; short values only where words begin and end."""
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
        value = next(group for group in named.groups()[1:] if group is not None).strip(".,;:!?*_")
        if _coded(value) or (named[1] and _plausible(value, _sentence(text, *named.span()))):
            yield value
    for called in _CALLED.finditer(text):
        value = called[1].strip(".,;:!?*_")
        if _coded(value) or _plausible(value, _sentence(text, *called.span())):
            yield value
    for token in _TOKEN.finditer(text):
        if _random(token[0]):
            yield token[0]
    for address in _INTERNAL.finditer(text):
        yield address[0].partition("://")[2] or address[0]
    for code in _CODE.finditer(text):
        if _HUSHED.search(_sentence(text, *code.span())):
            yield code[0]


def _coded(value: str) -> bool:
    """Tell whether a value looks like a code: figures in it, or capitals in the middle."""
    return any(c.isdigit() for c in value) or (value != value.lower() and not value[1:].islower())


def _plausible(value: str, sentence: str) -> bool:
    """Tell whether a plain word is the secret itself: not "if the password is wrong", not "the password must have eight letters"."""
    first = value.split()[0].lower() if value.split() else ""
    return bool(first) and first not in SMALL and first not in NO_SECRET and not _CONDITION.search(sentence)


def _random(token: str) -> bool:
    """Tell whether a token is a key by its look: a piece of it changes between letters and figures again and again."""
    return len(token) >= 12 and any(
        sum(a.isdigit() != b.isdigit() for a, b in pairwise(piece)) >= _CHANGES
        for piece in _PIECE.findall(token)
    )


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a span, at most 200 characters either way."""
    low, high = max(0, start - 200), min(len(text), end + 200)
    for stop in _SENTENCE_END.finditer(text, low, start):
        low = stop.end()
    closing = _SENTENCE_END.search(text, end, high)
    return text[low : closing.start() if closing else high]
