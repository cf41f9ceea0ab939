"""Orders planted in documents that people wrote: what `redoubt.training.generate.external` says, in places it did not make up.

An order, or a request that belongs into a chat, is put between two sentences of a real mail, page or file. Its twin has at that place an
order to people, talk of assistants, a quoted order, or a sentence of another document, so that a break in the text tells nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from redoubt.domain.zone import Zone
from redoubt.engine.guard.windows import sentences
from redoubt.training.example import ORDER, Example, Head, Span
from redoubt.training.generate.external import Voice
from redoubt.training.generate.external_bank import GOALS, LANGUAGES
from redoubt.training.generate.external_page import CLOSE, OPEN

SOURCE: Final = "generated/planted"
_LENGTHS: Final = (150, 300, 400, 500, 900)
"""Code points of a stretch of a document, about; most fit into one window."""
MOST: Final = 500
"""Documents of one source, so that no source is half of the soil."""
_SHORTEST, _LONGEST = 25, 200
"""Code points of a request."""
_SHORTEST_ATTACK, _LONGEST_ATTACK = 20, 260
_ASKED: Final = frozenset({"instruction", "chat_prompt_short", "chat_prompt_curated"})
"""Kinds of prompts that are requests."""
_VERBS: Final = frozenset(
    """
    act add analyse analyze answer calculate choose classify come compare complete compose construct convert
    correct count create describe design detect determine develop discuss draft edit evaluate explain extract
    find format generate give help identify imagine list make name outline output paraphrase pick please
    predict pretend print propose provide recommend remove replace return rewrite show sort suggest summarise
    summarize tell think translate use write
    """.split()  # noqa: SIM905 - read more easily
)
"""What a request begins with: a question may stand in any mail."""
_FILLINGS: Final = ("notice", "mention", "quote")
_ROUND: Final = (
    " {} ", " {} ", " {} ", "\n{}\n", "\n\n{}\n\n", " ({}) ", "\n> {}\n", "\n# {}\n", "\n// {}\n", "\n<!-- {} -->\n",
    "\n<p>{}</p>\n", "\n**{}**\n", "\n- {}\n", "\n\"note\": \"{}\",\n", "\nPS: {}\n", "\n--\n{}\n", "\n| {} |\n",
)  # fmt: skip
"""What may stand around what is planted."""
_ENGLISH: Final = 0.3
"""Share of what is planted in English into documents of other languages."""


@dataclass(frozen=True, slots=True)
class Soil:
    """What is planted, and where."""

    documents: Sequence[Example]
    """Harmless ones, from outside."""
    requests: Sequence[str]
    """What users ask an assistant for: out of place where no user writes."""
    attacks: Sequence[str]
    """Short attacks of users."""

    @classmethod
    def of(cls, examples: Sequence[Example], rng: Random) -> "Soil | None":
        """Find in ``examples``, of the attack head, what can be planted and where; None where one of the three is missing."""
        documents: dict[str, list[Example]] = defaultdict(list)
        for e in examples:
            if e.zone is Zone.EXTERNAL and not e.label and not e.source.startswith("synthetic"):
                documents[e.source].append(e)
        users = [e for e in examples if e.zone is Zone.USER]
        soil = cls(
            [e for found in documents.values() for e in rng.sample(found, min(MOST, len(found)))],
            [e.text.strip() for e in users if not e.label and _is_request(e)],
            [t for e in users if e.label and _SHORTEST_ATTACK <= len(t := e.text.strip()) <= _LONGEST_ATTACK],
        )
        return soil if soil.documents and soil.requests and soil.attacks else None


def _is_request(example: Example) -> bool:
    text = example.text.strip()
    fits = example.kind in _ASKED and _SHORTEST <= len(text) <= _LONGEST and not set("?\n") & set(text)
    words = text.split()
    return fits and len(words) > 4 and words[0].strip(",.:").casefold() in _VERBS


def planted(soil: Soil, count: int, rng: Random) -> Iterator[Example]:
    """Yield ``count`` examples, an attack and a harmless one in turn, half of the time in the same place of the same document."""
    for first in range(0, count, 2):
        place = _place(soil, rng)
        yield _filled(place, rng, _bad(soil, place[2], rng), label=True)
        if first + 1 < count:
            place = place if rng.random() < 0.5 else _place(soil, rng)
            yield _filled(place, rng, _good(soil, place[2], rng), label=False)


_Place = tuple[str, str, str]
"""What stands before, what stands behind, and the language."""


def _place(soil: Soil, rng: Random) -> _Place:
    """Choose a stretch of a document, and where its sentences part."""
    document = rng.choice(soil.documents)
    ends = [0, *sentences(document.text)]
    first = rng.randrange(len(ends) - 1)
    size = rng.choice(_LENGTHS)
    last = first + 1
    while last < len(ends) - 1 and ends[last] - ends[first] < size:
        last += 1
    middle = ends[rng.choice((first, last, *range(first, last + 1)))]
    start = max(ends[first], middle - size)
    return document.text[start:middle], document.text[middle : min(ends[last], middle + size)], document.lang


def _bad(soil: Soil, lang: str, rng: Random) -> str:
    dice = rng.random()
    if dice < 0.32:
        return f"{OPEN}{rng.choice(soil.requests)}{CLOSE}"
    if dice < 0.42:
        return f"{OPEN}{rng.choice(soil.attacks)}{CLOSE}"
    return _voice(lang, rng).order(rng.choice(GOALS))


def _good(soil: Soil, lang: str, rng: Random) -> str:
    dice = rng.random()
    if dice < 0.25:
        return ""
    if dice < 0.6:
        return _voice(lang, rng).filling(rng.choice(_FILLINGS))
    other = rng.choice(soil.documents).text
    ends = [0, *sentences(other)]
    at = rng.randrange(len(ends) - 1)
    return other[ends[at] : min(ends[at + 1], ends[at] + 400)]


def _voice(lang: str, rng: Random) -> Voice:
    return Voice(rng, "en" if lang not in LANGUAGES or rng.random() < _ENGLISH else lang)


def _filled(place: _Place, rng: Random, what: str, *, label: bool) -> Example:
    before, behind, lang = place
    said = what.strip().strip(OPEN + CLOSE).strip()
    if not said:
        return _example(before + behind, (), lang, label=label)
    lead, _, tail = rng.choice(_ROUND).partition("{}")
    start = len(before.rstrip()) + len(lead)
    text = before.rstrip() + lead + said + tail + behind.lstrip()
    return _example(text, (Span(start, start + len(said), ORDER),) if label else (), lang, label=label)


def _example(text: str, spans: tuple[Span, ...], lang: str, *, label: bool) -> Example:
    kind = "order.planted" if label else "benign.planted"
    return Example(text, Head.ATTACK, Zone.EXTERNAL, label, spans=spans, kind=kind, lang=lang, source=SOURCE)
