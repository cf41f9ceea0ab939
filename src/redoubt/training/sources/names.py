"""Rows of people's own data sets (news, short messages, encyclopedias) with marked names, as examples of the names head."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from redoubt.domain.zone import Zone
from redoubt.training.example import Example, Head, Span

_TYPES = {
    "PERSON": "PERSON",
    "LOCATION": "LOCATION",
    "ORGANIZATION": "ORGANISATION",
    "GROUP": "ORGANISATION",
    "USERNAME": "USERNAME",
}
"""Their word: ours. What is missing here (nationalities, products, works, dates, money) is no name to mask."""
_HANDLE = re.compile(r"(?<![\w@./])@\w{2,30}")
_LOWER, _UPPER = 0.2, 0.04
"""Shares of the rows whose case `cased` changes."""


def examples(rows: Iterable[Mapping[str, object]]) -> Iterator[Example]:
    """Turn rows into examples, one each. A handle that nobody marked is marked: most rows of short messages left theirs out.

    Args:
        rows: ``{text, spans: [{start, end, type}], source, lang}``; offsets in code points; ``source`` is ``place@commit part``.

    Raises:
        ValueError: when a row is not of this shape, or a span lies outside its text or overlaps another; says which row.

    """
    for number, row in enumerate(rows):
        text, source, lang, spans = row.get("text"), row.get("source"), row.get("lang"), row.get("spans")
        if not (
            isinstance(text, str)
            and isinstance(source, str)
            and isinstance(lang, str)
            and isinstance(spans, list)
        ):
            raise ValueError(f"row {number}: needs text, source, lang (strings) and spans (a list)")
        yield Example(
            text=text,
            head=Head.NAMES,
            zone=Zone.EXTERNAL,
            spans=_with_handles(text, _spans(number, len(text), spans)),
            kind="ner",
            lang=lang,
            source=_source(source),
        )


def cased(rng: random.Random, example: Example) -> Example:
    """Lower-case a share of the examples, upper-case another, and leave the rest; so case alone never decides."""
    dice = rng.random()
    if dice < _LOWER:
        text = "".join(_same_length(char, char.lower()) for char in example.text)
    elif dice < _LOWER + _UPPER:
        text = "".join(_same_length(char, char.upper()) for char in example.text)
    else:
        return example
    return replace(example, text=text)


def _same_length(char: str, changed: str) -> str:
    """Keep a letter whose other case is longer, so that offsets stay true."""
    return changed if len(changed) == 1 else char


def _source(source: str) -> str:
    place, _, rest = source.partition("@")
    _, _, part = rest.partition(" ")
    return f"{place} {part}" if part else place


def _with_handles(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    taken = {at for span in spans for at in range(span.start, span.end)}
    handles = (found.span() for found in _HANDLE.finditer(text))
    more = (Span(start, end, "USERNAME") for start, end in handles if taken.isdisjoint(range(start, end)))
    return tuple(sorted((*spans, *more), key=lambda span: span.start))


def _spans(number: int, length: int, raw: list[object]) -> tuple[Span, ...]:
    spans = sorted((_span(number, length, item) for item in raw), key=lambda span: (span.start, span.end))
    if any(one.end > two.start for one, two in pairwise(spans)):
        raise ValueError(f"row {number}: two spans overlap")
    return tuple(replace(span, type=_TYPES[span.type]) for span in spans if span.type in _TYPES)


def _span(number: int, length: int, raw: object) -> Span:
    if not isinstance(raw, Mapping):
        raise ValueError(f"row {number}: a span must be a mapping of start, end, type")
    start, end, kind = raw.get("start"), raw.get("end"), raw.get("type")
    if not (
        isinstance(start, int)
        and isinstance(end, int)
        and isinstance(kind, str)
        and 0 <= start < end <= length
    ):
        raise ValueError(f"row {number}: a span must have 0 <= start < end <= length of the text, and a type")
    return Span(start, end, kind)
