"""What scores are measured on: texts that were not trained on, and of some sources none at all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from redoubt.domain.zone import Zone
from redoubt.training.example import DOCUMENT, HARMS, Example, Head
from redoubt.training.recipe import (
    NOT_COMMERCIAL,
    SUFFIX,
    Measured,
    Rows,
    Understand,
    examples_of,
    generated,
    same,
)
from redoubt.training.sources import attack as attack_rows
from redoubt.training.sources import harm as harm_rows
from redoubt.training.sources import names as name_rows

ANSWERS = "grounding_train"
"""File of ordinary answers, about documents."""
SHORTEST = 40
"""Code points of an answer that says something."""
ORDINARY = frozenset(
    {
        "chat_turn_real",
        "chat_prompt_real",
        "chat_prompt_short",
        "chat_prompt_curated",
        "tool_request_real",
        "instruction",
        "customer_service",
        "question",
        "role_prompt",
    }
)
"""Kinds of prompts in which nothing hurts."""
_NO_HARM = dict.fromkeys(HARMS, False)


@dataclass(frozen=True, slots=True)
class Unseen:
    """Texts to measure on."""

    judged: tuple[Example, ...]
    """Of the heads attack and harm."""
    named: tuple[Example, ...]
    """Of the head names."""


def to_calibrate(folder: Path | None, measured: Measured, trained: Iterable[str], rng: Random) -> Unseen:
    """Return the texts from which the meaning of the scores is read: of the sources that were trained on, but other texts.

    ``trained`` are the texts that were trained on. Without a ``folder`` all are our own. Raises ConfigError.
    """
    known = {same(text) for text in trained}
    found = [e for e in generated(measured.generated, rng) if same(e.text) not in known]
    if folder is not None:
        found += _of_folder(folder, measured, known, rng)
    return _parted(found)


def held_out(folder: Path | None, measured: Measured, rng: Random) -> Unseen:
    """Return texts of sources that nothing may be trained on: the files of ``folder`` that are marked so, where it has any."""
    found: list[Example] = []
    if folder is not None:
        for name, understand in _HELD_OUT.items():
            path = folder / f"{name}{NOT_COMMERCIAL}{SUFFIX}"
            if path.is_file():
                found += examples_of(path, understand, to_train=False)
        quiet = [e for e in found if e.head is Head.ATTACK and e.zone is Zone.USER and e.kind in ORDINARY]
        found += _harmless(_some(quiet, measured.held_out, rng), Zone.USER)
    return _parted(_at_most(found, measured.held_out, measured.held_out, rng))


def _of_folder(folder: Path, measured: Measured, known: set[str], rng: Random) -> Iterator[Example]:
    attacks = [
        example
        for name in attack_rows.FILES
        for example in examples_of(folder / f"{name}{SUFFIX}", attack_rows.examples)
        if same(example.text) not in known
    ]
    yield from _at_most(attacks, measured.most, measured.outside, rng)
    quiet = [e for e in attacks if not e.label]
    prompts = [e for e in quiet if e.zone is Zone.USER and e.kind in ORDINARY]
    documents = [e for e in quiet if e.zone is Zone.EXTERNAL]
    answers = examples_of(folder / f"{ANSWERS}{SUFFIX}", _answers)
    yield from _harmless(_some(prompts, measured.user, rng), Zone.USER)
    yield from _harmless(_some(documents, measured.external, rng), Zone.EXTERNAL)
    yield from _some(answers, measured.answer, rng)
    named = examples_of(folder / f"ner_train{SUFFIX}", name_rows.examples)
    yield from _some([e for e in named if same(e.text) not in known], measured.names, rng)


def _answers(rows: Rows) -> Iterator[Example]:
    for row in rows:
        text = str(row.get("answer") or "")
        if row.get("lang") == "en" and len(text) > SHORTEST:
            yield Example(text, Head.HARM, Zone.ANSWER, labels=_NO_HARM, source=attack_rows.source_of(row))


def _harmless(examples: Iterable[Example], zone: Zone) -> Iterator[Example]:
    for e in examples:
        yield Example(e.text, Head.HARM, zone, labels=_NO_HARM, kind=e.kind, lang=e.lang, source=e.source)


def _some(examples: list[Example], most: int, rng: Random) -> list[Example]:
    return rng.sample(examples, min(most, len(examples)))


def _at_most(examples: Iterable[Example], most: int, outside: int, rng: Random) -> Iterator[Example]:
    """Yield at most so many of each source, head, zone and label."""
    by: dict[tuple[object, ...], list[Example]] = defaultdict(list)
    for e in examples:
        by[e.source, e.head, e.zone, e.label].append(e)
    for group in by.values():
        yield from _some(group, outside if group[0].task == DOCUMENT else most, rng)


def _parted(examples: Iterable[Example]) -> Unseen:
    found = list(examples)
    return Unseen(
        tuple(e for e in found if e.head is not Head.NAMES), tuple(e for e in found if e.head is Head.NAMES)
    )


_HELD_OUT: dict[str, Understand] = {
    "attacks_real": attack_rows.examples,
    "injection_train": attack_rows.examples,
    "chat_benign_real": attack_rows.examples,
    "harmful_behaviours": harm_rows.examples,
    "ner_train": name_rows.examples,
}
