"""What an operator's text consists of: orders, facts, who the assistant is, what tools do; and what of it may be said aloud."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.language import IDENTITY, IMPERATIVES, ORDER, SMALL, known_language


class Kind(Enum):
    """What a sentence is for. Orders are the assistant's alone; facts are there to be told."""

    ORDER = "order"
    IDENTITY = "identity"
    TOOL = "tool"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or a part of a long one."""

    first: int
    last: int
    """Number of its first word, and one past its last."""
    kind: Kind
    opens: bool
    """Whether it begins with the sentence's own beginning."""


WEIGHTY = 16.0
"""Weight of the words of one unit; a longer sentence is several."""
_CJK_WEIGHT = 0.35
_SENTENCE = re.compile(r"[^.!?;:\n。！？；…]+(?:[.!?;:…](?![\s\"'”’)*_`]|$)[^.!?;:\n。！？；…]*)*")
_QUOTED = re.compile(r"\"[^\"\n]{3,400}\"|“[^”\n]{3,400}”|«[^»\n]{3,400}»|(?<!\w)'[^'\n]{12,400}'(?!\w)")
_SAYING = re.compile(
    r"\b(?:say|says|saying|greet|greeting|welcome|reply|respond|answer|tell|start|begin|open|end|close|finish|sign off|phrase|sentence"
    r"|words|message|line|disclaimer|slogan|motto|tagline|with|sage|begrüße|antworte|réponds|dis|responde|diga)\b",
    re.IGNORECASE,
)
_FORBIDDING = re.compile(
    r"\b(?:never|not|n't|don't|avoid|secret|password|passphrase|code ?word|nie|niemals|jamais|nunca)\b", re.IGNORECASE
)
_BEFORE = 160
"""Characters in front of a quotation in which an order to say it may stand."""


def weight(word: str) -> float:
    """Return how much a word says: nothing, a third, or one."""
    if word in SMALL:
        return 0.0
    if len(word) == 1:
        return 0.0 if word.isascii() else _CJK_WEIGHT
    return 1.0 if len(word) > 2 or not word.isalpha() else 0.3


def units(text: str, folded: Folded, tools_from: int) -> Iterator[Unit]:
    """Yield the units of an operator's text; from the character ``tools_from`` on it describes tools."""
    words, starts = folded.words, folded.starts
    foreign = not known_language(words)
    number = 0
    for sentence in _SENTENCE.finditer(text):
        first = number
        while number < len(words) and starts[number] < sentence.end():
            number += 1
        if number > first:
            tool = sentence.start() >= tools_from
            kind = Kind.TOOL if tool else Kind.ORDER if foreign else _kind(words[first:number])
            yield from _parts(words, first, number, kind)


def _kind(words: list[str]) -> Kind:
    plain = " ".join(words[:200])
    if IDENTITY.match(plain):
        return Kind.IDENTITY
    if any(word in IMPERATIVES for word in words[:2]) or ORDER.search(plain):
        return Kind.ORDER
    return Kind.FACT


def _parts(words: list[str], first: int, last: int, kind: Kind) -> Iterator[Unit]:
    begun, heavy = first, 0.0
    for number in range(first, last):
        heavy += weight(words[number])
        if heavy >= WEIGHTY and last - number > 4:
            yield Unit(begun, number + 1, kind, begun == first)
            begun, heavy = number + 1, 0.0
    if begun < last:
        yield Unit(begun, last, kind, begun == first)


def sayable(text: str) -> Iterator[tuple[int, int]]:
    """Yield the quotations that the operator tells the assistant to say: a greeting, a disclaimer."""
    for quoted in _QUOTED.finditer(text):
        before = text[max(0, quoted.start() - _BEFORE) : quoted.start()]
        before = re.split(r"[.!?\n](?=\s)|\n", before)[-1]
        if _SAYING.search(before) and not _FORBIDDING.search(before):
            yield quoted.span()
