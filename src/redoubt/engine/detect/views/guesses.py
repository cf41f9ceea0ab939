"""Guesses: ciphers without a mark of their own, digits for letters and letters for digits, reversed text.

The reason for a cipher is a distinctive word as the cipher writes it: without one, any text might be its own ROT13.
"""

import re
from codecs import encode
from collections.abc import Callable, Iterator

from redoubt.engine.detect.views.family import Family, Runs, in_place
from redoubt.engine.detect.views.origin import EACH, Mirror, Same
from redoubt.engine.detect.views.view import Edit, Rewrite

_WORDS = (
    "password", "passwd", "secret", "ignore all", "ignore prev", "instructions", "private key",
    "ghp_", "github_pat_", "sk_live_", "sk-ant-", "sk-proj-", "xoxb-", "glpat-",
)  # fmt: skip
_ROT47 = {i: 33 + (i - 33 + 47) % 94 for i in range(33, 127)}
_LEET = str.maketrans("0134578@$", "oleastbas")
_LEET_I = str.maketrans("0134578@$", "oieastbas")
_LEET_HOST = str.maketrans("013457", "oieast")
_LEET_WORD = re.compile(
    r"(?<![A-Za-z0-9$@+/=])(?:[A-Za-z]{1,8}[013457$@]|[013457])[A-Za-z]{1,8}[013457$@][A-Za-z][A-Za-z013457@$]{0,16}"
    r"(?![A-Za-z0-9$@+/=])"
)
"""A word with figures among its letters; other figures (2, 6, 9) belong to ids and digests."""
_LEET_REASON = r"(?:^|[^A-Za-z0-9$@])(?:[A-Za-z]{1,8}[013457$@]|[013457])[A-Za-z]{1,8}[013457$@][A-Za-z]"
_LEET_BEGIN = Runs(_LEET_REASON)
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


def _leet(table: dict[int, int], needed: str) -> Callable[[str], Iterator[Edit]]:
    def edits(text: str) -> Iterator[Edit]:
        for start, _ in _LEET_BEGIN(text):  # the one character before the word, or the word
            match = _LEET_WORD.match(text, start) or _LEET_WORD.match(text, start + 1)
            if match and needed in match[0]:
                yield Edit(*match.span(), match[0].translate(table), EACH)

    return edits


def _leet_address(text: str) -> Iterator[Edit]:
    for match in _LEET_ADDRESS.finditer(text):
        name, _, host = match[0].partition("@")
        yield Edit(*match.span(), f"{name}@{host.translate(_LEET_HOST)}", EACH)


def _digits(text: str) -> Iterator[Edit]:
    """Undo ``4lll-O0O0`` where at least a quarter of what looks like a number is digits."""
    for match in _NUMBER.finditer(text):
        figures = sum(map(str.isdigit, match[0]))
        letters = sum(map(str.isalpha, match[0])) + match[0].count("|")
        if 0 < letters <= 3 * figures:
            yield Edit(*match.span(), match[0].translate(_DIGIT), EACH)


_TOPS = (
    "moc|gro|ten|ude|vog|ofni|zib|ved|ppa|ku\\.oc|ua\\.moc|rb\\.moc|pj\\.oc|ni\\.oc|"
    "ed|rf|se|ti|ln|ue|oi|hc|ta|eb|lp|tp|es|on|kd|if|zc|eg|ur|nc|ni|ua|ac|xm|ra|lc|ei|em|ia|oc"
)
"""Top-level domains, backwards."""
_LEET_TOPS = "c0m|n3t|n37|ne7|0rg|or9|1nf0|inf0|3du|ed4|g0v|1o|i0|3u|d3|d3v|1t|c0"
_LEET_ADDRESS = re.compile(
    rf"(?<![\w.%+-])[\w.%+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}\.(?:{_LEET_TOPS})(?![\w-])",
    re.ASCII | re.IGNORECASE,
)
"""An e-mail address whose top-level domain has digits in it, which none has."""

_FIGURE = "[0-9OoIl|ZSsB]"

FAMILIES = (
    Family(
        "leet-address",
        rf"(?i)@[a-z0-9.-]+\.(?:{_LEET_TOPS})\b",
        in_place(_leet_address),
        speculative=True,
    ),
    Family("leet", _LEET_REASON, in_place(_leet(_LEET_I, "")), speculative=True),
    Family("leet", _LEET_REASON, in_place(_leet(_LEET, "1")), speculative=True),
    Family(
        "letters-for-digits",
        rf"[0-9](?:[ .-]?{_FIGURE}){{3}}[ .-]?[OoIl|ZSsB](?:[ .-]?{_FIGURE}){{4}}"
        rf"|[0-9][ .-]?[OoIl|ZSsB](?:[ .-]?{_FIGURE}){{7}}|[OoIl|ZSsB][ .-]?[0-9](?:[ .-]?{_FIGURE}){{7}}",
        in_place(_digits),
        speculative=True,
    ),
    Family(
        "rot13",
        r"(?i)\.(?:pbz|bet|arg|rqh|tbi)\b|\bgur\b|\bN(?:XV|FV)N|"
        + _alternatives(lambda word: encode(word, "rot13")),
        _rot13,
        speculative=True,
    ),
    Family(
        "rot47",
        r"\](?:4@>|@C8|\?6E)|[`a-h][_`a-h]{11}[`a-h]|pzxp|"
        + _alternatives(lambda word: word.translate(_ROT47)),
        _rot47,
        speculative=True,
    ),
    Family(
        "reversed",
        r"AIKA|AISA|(?i:\beht\b|" + _alternatives(lambda word: word[::-1]) + ")",
        _reversed,
        speculative=True,
    ),
    Family(
        "reversed",
        rf"\b(?:{_TOPS})\.[A-Za-z0-9.-]{{1,40}}@",
        _reversed,
        speculative=True,
    ),
)
