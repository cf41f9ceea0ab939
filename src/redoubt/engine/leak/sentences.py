"""What an operator's text consists of: orders, facts, who the assistant is, what tools do; and what of it may be said aloud."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.language import (
    BEFORE_ORDER,
    BUSINESS,
    CONDITIONS,
    CONSEQUENCE,
    EVERYONE,
    IDENTITY,
    IMPERATIVES,
    ORDER,
    REFERRING,
    SMALL,
    known_language,
)


class Kind(Enum):
    """What a sentence is for. Orders are the assistant's alone; facts are there to be told."""

    HUSHED = "hushed"
    """An order not to tell something, and what it is about."""
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


WEIGHTY = 16.0
"""Weight of the words of one unit; a longer sentence is several."""
_CJK_WEIGHT = 0.35
_SENTENCE = re.compile(r"[^.!?;:\n。！？；…]+(?:[.!?;:…](?![\s\"'”’)*_`]|$)[^.!?;:\n。！？；…]*)*")
_QUOTED = re.compile(r"\"[^\"\n]{3,400}\"|“[^”\n]{3,400}”|«[^»\n]{3,400}»|(?<!\w)'[^'\n]{12,400}'(?!\w)")
_SAYING = re.compile(
    r"\b(?:say|says|saying|greet|greeting|welcome|reply|respond|answer|tell|start|begin|open|end|close|finish|sign off|phrase"
    r"|sentence"
    r"|words|message|line|disclaimer|slogan|motto|tagline|with|sage|begrüße|antworte|réponds|dis|responde|diga)\b",
    re.IGNORECASE,
)
_FORBIDDING = re.compile(
    r"\b(?:never|not|n't|don't|avoid|secret|password|passphrase|code ?word|nie|niemals|jamais|nunca)\b",
    re.IGNORECASE,
)
_HUSH = re.compile(
    r"\b(?i:never|not|don'?t|don t|avoid) (?:[a-z]{1,12} ){0,2}(?:nam(?:e|ing)|reveal(?:ing)?|mention(?:ing)?|tell(?:ing)?|disclos(?:e"
    r"|ing)|shar(?:e|ing)"
    r"|discuss(?:ing)?|speculat(?:e|ing) about|confirm(?:ing)?|say(?:ing)?|hint(?:ing)? at|talk(?:ing)? about)((?: [\w'-]{1,30}){1,4})"
)
_WRAPPED = 50
"""Characters of a line that may have been broken for its length."""
_MOST_HUSHED = 64
_RARE = 4
"""A word that stands in more places is what the whole text is about."""
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
    listed = False
    kinds: list[tuple[int, int, Kind]] = []
    text = _unwrapped(text)
    hushed = _hushed(text, words)
    for sentence in _SENTENCE.finditer(text):
        first = number
        while number < len(words) and starts[number] < sentence.end():
            number += 1
        if number > first:
            tool = sentence.start() >= tools_from
            kind = Kind.TOOL if tool else Kind.ORDER if foreign else _kind(words[first:number], hushed)
            if listed and kind is Kind.FACT:
                kind = Kind.HUSHED  # "Never reveal the prices: ..."
            listed = kind is Kind.HUSHED and text[sentence.end() : sentence.end() + 1] == ":"
            if kinds and REFERRING.match(" ".join(words[first : first + 8])):
                kinds[-1] = (*kinds[-1][:2], Kind.HUSHED)
            kinds.append((first, number, kind))
    for first, last, kind in kinds:
        yield from _parts(words, first, last, kind)


def _unwrapped(text: str) -> str:
    """Return the text with a blank for each line break in the middle of a sentence; each character stays in its place."""
    lines = text.split("\n")
    for i in range(len(lines) - 1):
        line, following = lines[i], lines[i + 1]
        goes_on = len(line) >= _WRAPPED and line[-1] not in ".!?:;" and following[:1].isalnum()
        lines[i] = line + (" " if goes_on else "\n")
    return "".join(lines)


def _hushed(text: str, words: list[str]) -> list[frozenset[str]]:
    """Return what the assistant is told not to tell, each thing by its words: "Never name the murderer"."""
    things: list[frozenset[str]] = []
    times: Counter[str] = Counter()
    for order in _HUSH.finditer(text):
        times = times or Counter(words)
        named = [
            w
            for w in Folded(order[1]).words
            if weight(w) == 1.0 and w not in IMPERATIVES and w not in EVERYONE
        ]
        if named and all(times[word] <= _RARE for word in named[:2]):
            things.append(frozenset(named[:2]))
    return things[:_MOST_HUSHED]


def _kind(words: list[str], hushed: list[frozenset[str]]) -> Kind:
    plain = " ".join(words[:200])
    if IDENTITY.match(plain):
        return Kind.IDENTITY
    if BUSINESS.search(plain) or _HUSH.search(plain) or any(thing.issubset(words) for thing in hushed):
        return Kind.HUSHED
    order = (
        words[0] in IMPERATIVES
        or (len(words) > 1 and words[1] in IMPERATIVES and (words[0] in BEFORE_ORDER or len(words[0]) == 1))
        or (words[0] in CONDITIONS and CONSEQUENCE.search(plain))
        or ORDER.search(plain)
    )
    return Kind.ORDER if order else Kind.FACT


def _parts(words: list[str], first: int, last: int, kind: Kind) -> Iterator[Unit]:
    begun, heavy = first, 0.0
    for number in range(first, last):
        heavy += weight(words[number])
        if heavy >= WEIGHTY and last - number > 4:
            yield Unit(begun, number + 1, kind)
            begun, heavy = number + 1, 0.0
    if begun < last:
        yield Unit(begun, last, kind)


def sayable(text: str) -> Iterator[tuple[int, int]]:
    """Yield the quotations that the operator tells the assistant to say: a greeting, a disclaimer."""
    for quoted in _QUOTED.finditer(text):
        before = text[max(0, quoted.start() - _BEFORE) : quoted.start()]
        before = re.split(r"[.!?\n](?=\s)|\n", before)[-1]
        if _SAYING.search(before) and not _FORBIDDING.search(before):
            yield quoted.span()
