"""Where a growing text may be cut, so that what is in front of the cut can be judged without what follows.

Whether there is a cut at a place depends on the text since the last cut and on up to four characters that follow, never on how the text
arrived: that is why any chunking of an answer is cut alike. A cut lies between two words (or behind CJK punctuation), and not where both
sides could belong to one finding or pseudonym. The longer a piece has grown, the less keeps it together.
"""

import re
from collections.abc import Set

from redoubt.engine.redact.words import WORD

SPACIOUS = 512
"""Up to here, in characters, everything that could be one finding stays together."""
CROWDED = 4096
"""Up to here numbers stay together."""
HARD = 24 * 1024
"""Up to here pseudonyms, armoured keys and encoded runs stay together; then a piece is cut wherever it is."""

LOOKAHEAD = 4
"""Characters behind a place that may be needed to tell whether there is a cut."""

BOUNDARY = re.compile(r"(?<=[\s。！？；，、：])[^\s。！？；，、：]")
"""The first character of a word."""
_ANY_DIGIT = 16
_MANY_DIGITS = 32
"""Characters behind a number in which a word may still say what it is (rules look 30 characters ahead)."""
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d(?:[^\d]*+\d){3}")
_QUOTED = re.compile(r"""[:=|]\s{0,2}(["'`])""")
_ENCODED = 48
_TAG = 80
_CHAIN = 8
"""Capitalised words that may form one name or address."""
_SPOKEN = ("at ", "dot ")
_LINKS = ("de ", "da ", "di ", "do ", "du ", "la ", "del ", "des ", "dos ", "von ", "van ")
_SPOKEN_BEGUN = frozenset(link[:n] for link in _SPOKEN for n in range(4))
_ALL_LINKS = (*_SPOKEN, *_LINKS)
_LINKING = frozenset(first for link in _ALL_LINKS for first in (link[0], link[0].upper()))
_ALL_BEGUN = frozenset(link[:n] for link in _ALL_LINKS for n in range(4))
_SEED_NAMES = frozenset({"seed", "recovery", "mnemonic"})
_SEED_WORDS = 26
"""A wallet's seed phrase has up to 24 plain words (BIP 39)."""
_TYING = frozenset({"at", "dot", "----"})
_PUTTY = "PuTTY-User-Key-File"
_ORDINARY = re.compile(
    r"(?!(?:at|dot|seed|recovery|mnemonic|phrase)\b)[a-z]{2,40}[,;.!?]?\s{1,4}(?=[b-ce-z])"
)
"""A word that ties itself to nothing, at the beginning of a piece, and the blank in front of the next one: most words of prose.

What `Cutter` asks about a word and the next one (capitals, digits, quotes, brackets, "at" and "dot") has its answer in these letters.
"""
_ESCAPED_PREFIXES = (0, 1, 2, 4, 5, 6)


class Cutter:
    """Reads one lane; after each cut it begins anew. ``opening``: the words after which more of a pseudonym may follow."""

    def __init__(self, opening: Set[str] = frozenset()) -> None:
        self._opening = opening
        self._begin()

    def _begin(self) -> None:
        self._token = 0
        self._seen = 0
        self._in_pseudonym = False
        self._in_armour = False
        self._quote = ""
        self._capitals = 0
        self._seed = 0
        self._named_seed = False

    def next_cut(self, text: str, start: int = 0) -> int:
        """Return where ``text`` can be cut first behind ``start``, where the last cut was, or 0. What was seen is not read again."""
        if not self._token and not self._opening and (ordinary := _ORDINARY.match(text, start)):
            self._seen = 0
            return ordinary.end()
        boundary, last = BOUNDARY.search, start + HARD + 1
        while self._seen < HARD and (found := boundary(text, start + self._seen, last)):
            at = found.start()
            self._seen = at - start + 1
            if at == start:
                continue
            word = text[start + self._token : at].rstrip()
            linked = text[at] in _LINKING and at - start < SPACIOUS and _linked(text, word, at)
            if linked is None:
                self._seen = at - start  # the next characters decide
                return 0
            self._read(text, word, start, at)
            self._token = at - start
            if not linked and not self._holds(text, word, start, at):
                self._begin()
                return at
        self._seen = max(self._seen, min(len(text) - start, HARD))
        return 0

    def restart(self) -> None:
        """Forget the piece: it was cut by somebody else."""
        self._begin()

    def _read(self, text: str, word: str, start: int, at: int) -> None:
        """Take note of what ``word``, which ends at ``at``, opens and closes."""
        if self._opening and (runs := WORD.findall(word)):
            last = runs[-1].casefold()
            ends = _ESCAPED_PREFIXES if "\\" in word or "%" in word else (0,)
            self._in_pseudonym = any(last[k:] in self._opening for k in ends)
        if self._in_armour or "BEGIN" in word or word.startswith(_PUTTY):
            begun = start + self._token
            self._in_armour = _in_armour(
                self._in_armour,
                word,
                text[max(start, begun - 20) : begun].rstrip(),
                text[max(start, at - 100) : at],
            )
        whole = word.isalnum()  # without any of the marks that are looked for below
        plain = (word if whole else word.strip("\"'.,:*")).casefold()
        if plain == "mnemonic" or (plain == "phrase" and self._named_seed):
            self._seed = _SEED_WORDS
        self._seed -= 1
        self._named_seed = plain in _SEED_NAMES
        if self._quote:
            if self._quote in word:
                self._quote = ""
        elif (
            not whole
            and ('"' in word or "'" in word or "`" in word)
            and (found := _QUOTED.search(text, start + max(0, self._token - 3), at))
        ):
            self._quote = "" if text.find(found[1], found.end(), at) >= 0 else found[1]
        linking = self._capitals > 0 and word.lower() + " " in _LINKS
        inner = word if whole else word[word.rfind(">", 0, -1) + 1 :].lstrip("\"'`(*_[")
        capital = linking or inner[:1].isupper()
        self._capitals = self._capitals + 1 if capital else 0

    def _holds(self, text: str, word: str, start: int, at: int) -> bool:
        """Tell whether the words on both sides of ``at`` must stay together."""
        if self._in_pseudonym or self._in_armour or (len(word) >= _ENCODED and text[at].isalnum()):
            return True
        length = at - start
        if length >= CROWDED:
            return False
        near = max(start, at - _ANY_DIGIT)
        if length < SPACIOUS and not self._capitals and _DIGIT.search(text, near, at):
            return True  # the usual reason, and the first to be looked for
        following = text[at]
        if len(word) == 1 and (word.isalnum() or length < SPACIOUS):
            return True
        if length >= SPACIOUS:
            return (following.isdigit() or following in "+(") and bool(_DIGIT.search(word))
        if self._seed > 0 or self._named_seed or self._quote or not word or following in "@([{<|":
            return True
        tag = max(start, at - _TAG)
        opened = text.rfind("<", tag, at)
        if opened >= 0 and opened > text.rfind(">", tag, at):
            return True  # inside a tag, whose attributes name each other
        first, last = word[0], word[-1]
        if last in "@([{<:=" or (first in "([{<" and last in ")]}>"):
            return True
        if (first == '"' and word.count('"') == 1) or (len(word) < 5 and word.casefold() in _TYING):
            return True
        if self._capitals and self._capitals < _CHAIN and (following.isupper() or following.isdigit()):
            return not (len(word) > 4 and word[-1] in ".!?")
        if self._capitals and _DIGIT.search(text, near, at):
            return True
        return bool(_DIGITS.search(text, max(start, at - _MANY_DIGITS), at))


def _linked(text: str, word: str, at: int) -> bool | None:
    """Tell whether the next word ties the last one to what follows ("ann at x dot example", "Calle de Alba"); None: too early."""
    capital = word[:1].isupper()
    ahead = text[at : at + LOOKAHEAD].lower()
    if ahead.startswith(_ALL_LINKS if capital else _SPOKEN):
        return True
    return None if len(ahead) < LOOKAHEAD and ahead in (_ALL_BEGUN if capital else _SPOKEN_BEGUN) else False


def _in_armour(already: bool, word: str, before: str, line: str) -> bool:
    """Tell whether what ends in ``word`` is inside an armoured key: PEM (RFC 7468), SSH2 (RFC 4716) or PuTTY's file."""
    if "-----BEGIN" in word or word.startswith(_PUTTY):
        return True
    if not already:
        return word == "BEGIN" and before.endswith("----")
    if line.rstrip().endswith("----"):
        return max(line.rfind("-----END"), line.rfind("---- END")) <= line.rfind("BEGIN")
    return not before.endswith("Private-MAC:")
