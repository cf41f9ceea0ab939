"""How a pseudonym may be written by somebody who copies it: the words must be right, what stands between them is forgiven much.

A *word* is a run of letters and digits of Latin script, or of any other, compared without case: Chinese, Japanese, Thai and Korean write
on without a blank, "给EMAIL_7QX发信". A *gap* is what stands between two words of one pseudonym; it may be
escaped for JSON, URLs, HTML or Markdown, carry emphasis, or be broken over a line.
"""

import html
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

from redoubt.domain.pseudonym import Alias

WORD = re.compile(r"[^\W_\u0250-\U0010ffff]++|[^\W_\x00-\u024f]++")
GAP = re.compile(
    r"(?:\\u[0-9a-fA-F]{4}|\\[nrt](?![a-z])|%(?:25){0,2}[0-9a-fA-F]{2}|&(?:\#[0-9]{1,6}|\#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});|[\W_]){0,12}+",
)
"""At most twelve characters or escapes: a gap never runs away."""
_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_DECORATION = re.compile("[*`~\\\\\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_SOFT = frozenset(" -_\u00a0\u2010\u2011\u2013")
_SOFT_ALLOWED = frozenset({"", "-", "_", "+", "\u2010", "\u2011", "\u2013"})

_LOOKS = 16
"""So often the texts are looked through for a word; for one who asks more often it is cheaper to gather all words once."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A pseudonym taken apart: ``lead + word + gap + word + ... + trail``."""

    lead: str
    words: tuple[str, ...]
    """Case-folded."""
    gaps: tuple[str, ...]
    """One fewer than `words`."""
    trail: str


def spell(pseudonym: str) -> Spelling:
    """Take ``pseudonym`` apart. One without any letter or digit has no words."""
    found = list(WORD.finditer(pseudonym))
    if not found:
        return Spelling(pseudonym, (), (), "")
    return Spelling(
        pseudonym[: found[0].start()],
        tuple(m[0].casefold() for m in found),
        tuple(pseudonym[a.end() : b.start()] for a, b in pairwise(found)),
        pseudonym[found[-1].end() :],
    )


def is_name(alias: Alias) -> bool:
    """Tell whether the pseudonym is a person's made-up name, so that a part of it may stand for the person."""
    return alias.category == "pii.person" and "_" not in alias.pseudonym


def starts(text: str, start: int, end: int) -> Iterator[int]:
    r"""Yield where a word may begin in the run ``[start, end)``: at its start, and behind an escape that runs into it.

    ``\nANN``, ``\u0020ANN`` and ``%20ANN`` are runs whose first letters belong to an escape.
    """
    yield start
    if not start:
        return
    before = text[start - 1]
    if before == "\\":
        offsets: tuple[int, ...] = (5,) if text[start] == "u" else (1,) if text[start] in "nrtbf" else ()
    elif before == "%":
        offsets = (2, 4, 6) if text.startswith("25", start) else (2,)
    else:
        return
    for offset in offsets:
        if start + offset < end:
            yield start + offset


def vocabulary(texts: Iterable[str]) -> set[str]:
    """Return every word that occurs in ``texts`` in any way that `starts` would read it."""
    found: set[str] = set()
    for text in texts:
        if text.isascii():
            found.update(WORD.findall(text.lower()))
        else:
            found.update(word.casefold() for word in WORD.findall(text))
        if "\\" in text or "%" in text:
            for run in WORD.finditer(text):
                for at in starts(text, run.start(), run.end()):
                    found.add(text[at : run.end()].casefold())
    return found


class Vocabulary:
    """The words of some texts (`vocabulary`), gathered only where some are asked for that may be among them."""

    __slots__ = ("_folded", "_looked", "_texts", "_words")

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(texts)
        self._folded = "\0".join(self._texts).casefold()
        self._looked = 0
        self._words: set[str] | None = None

    def has(self, words: Collection[str]) -> bool:
        """Tell whether all of ``words``, case-folded, occur."""
        if self._words is None:
            # Case is folded letter by letter, so a word of a text is a part of the folded text.
            self._looked += 1
            if self._looked <= _LOOKS and any(word not in self._folded for word in words):
                return False
            self._words = vocabulary(self._texts)
        return self._words.issuperset(words)


def escaped(raw: str) -> str:
    """Tell in which notation a piece of a gap is escaped: ``url``, ``html`` or neither (empty)."""
    if "%" in raw and re.search(r"%[0-9a-fA-F]{2}", raw):
        return "url"
    return "html" if "&" in raw and ";" in raw else ""


def same_gap(wanted: str, raw: str) -> bool:
    """Tell whether ``raw``, as it stands in a text, may be what became of the gap ``wanted``."""
    if wanted == raw:
        return True
    plain = _decoded(raw)
    if plain.count("\n") > 1:
        return False
    plain = "".join(plain.split())
    bare = "".join(wanted.split())
    return plain in _SOFT_ALLOWED if _SOFT.issuperset(wanted) else plain == bare


def _decoded(raw: str) -> str:
    text = _JSON_ESCAPE.sub(lambda m: chr(int(m[1], 16)), raw)
    text = text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")
    for _ in range(3):
        if "%" in text:
            text = unquote(text)
    return _DECORATION.sub("", html.unescape(text))
