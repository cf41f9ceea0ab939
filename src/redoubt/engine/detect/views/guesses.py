"""Guesses: ciphers without a mark of their own, digits for letters and letters for digits, reversed text.

The reason for a cipher is a distinctive word as the cipher writes it: without one, any text might be its own ROT13.
"""

import re
from codecs import encode
from collections.abc import Callable, Iterator

from redoubt.engine.detect.views.family import Family, in_place
from redoubt.engine.detect.views.origin import Mirror, Same
from redoubt.engine.detect.views.view import Edit, Rewrite

_WORDS = (
    "password", "passwd", "secret", "token", "ignore all", "ignore prev", "instructions", "card", "iban", "private key",
    "ghp_", "github_pat_", "akia", "sk_live_", "sk-ant-", "sk-proj-", "xoxb-", "glpat-",
)  # fmt: skip
_ROT47 = {i: 33 + (i - 33 + 47) % 94 for i in range(33, 127)}
_LEET = str.maketrans("0134578@$", "oleastbas")
_LEET_I = str.maketrans("0134578@$", "oieastbas")
_LEET_WORD = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{0,8}[013457@$][A-Za-z]{1,8}[013457@$][A-Za-z0-9@$_]{0,16}(?![A-Za-z0-9])"
)
_DIGIT = str.maketrans("OoIl|ZSsB", "001112558")
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9OoIl|ZSsB](?:[ .-]?[0-9OoIl|ZSsB]){8,40}(?![A-Za-z0-9])")


def _alternatives(write: Callable[[str], str]) -> str:
    return "|".join(re.escape(write(word)).replace("\\ ", " ") for word in _WORDS)


def _rot13(text: str) -> Rewrite:
    return Rewrite(encode(text, "rot13"), Same())


def _rot47(text: str) -> Rewrite:
    return Rewrite(text.translate(_ROT47), Same())


def _reversed(text: str) -> Rewrite:
    return Rewrite(text[::-1], Mirror(len(text)))


def _swap(match: re.Match[str], table: dict[int, int]) -> Iterator[Edit]:
    for i, character in enumerate(match[0], match.start()):
        if ord(character) in table:
            yield Edit(i, i + 1, chr(table[ord(character)]))


def _leet(table: dict[int, int], needed: str) -> Callable[[str], Iterator[Edit]]:
    def edits(text: str) -> Iterator[Edit]:
        for match in _LEET_WORD.finditer(text):
            if needed in match[0]:
                yield from _swap(match, table)

    return edits


def _digits(text: str) -> Iterator[Edit]:
    """Undo ``4lll-O0O0`` where at least half of what looks like a number is digits."""
    for match in _NUMBER.finditer(text):
        figures = sum(c.isdigit() for c in match[0])
        letters = sum(c.isalpha() or c == "|" for c in match[0])
        if 0 < letters <= 3 * figures:
            yield from _swap(match, _DIGIT)


_LEET_REASON = (
    r"(?:^|[^A-Za-z0-9])[A-Za-z]{0,8}[013457@$][A-Za-z]{1,8}[013457@$][A-Za-z0-9@$_]{0,16}(?:[^A-Za-z0-9]|$)"
)

FAMILIES = (
    Family("leet", _LEET_REASON, in_place(_leet(_LEET_I, "")), speculative=True),
    Family("leet", _LEET_REASON, in_place(_leet(_LEET, "1")), speculative=True),
    Family(
        "letters-for-digits",
        r"[0-9](?:[ .-]?[0-9OoIl|ZSsB]){3}[ .-]?[OoIl|ZSsB][ .-]?[0-9OoIl|ZSsB]{2}|[OoIl|ZSsB](?:[ .-]?[0-9OoIl|ZSsB]){6}[ .-]?[0-9]",
        in_place(_digits),
        speculative=True,
    ),
    Family(
        "rot13",
        r"(?i)@[a-z0-9.-]{1,40}\.(?:pbz|bet|arg|rqh|tbi|vb)\b|\bgur\b|"
        + _alternatives(lambda w: encode(w, "rot13")),
        _rot13,
        speculative=True,
    ),
    Family(
        "rot47",
        r"o[!-~]{2,40}\](?:4@>|@C8|\?6E|65F)|[`a-h][_`a-h]{11}[`a-h]|"
        + _alternatives(lambda w: w.translate(_ROT47)),
        _rot47,
        speculative=True,
    ),
    Family(
        "reversed",
        r"(?i)\b(?:moc|gro|ten|ude|vog|ku\.oc|oi|ed|rf)\.[a-z0-9.-]{1,40}@|\beht\b|"
        + _alternatives(lambda w: w[::-1]),
        _reversed,
        speculative=True,
    ),
)
