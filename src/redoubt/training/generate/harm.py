"""Texts that hurt, and twins that only speak of it or merely share its words.

Enough for a classifier to learn the difference, and no more: nothing here tells anybody how to do harm.
"""

import random
from collections.abc import Iterator

from redoubt.domain.zone import Zone
from redoubt.training.example import HARMS, Example, Head
from redoubt.training.generate import harm_style
from redoubt.training.generate.harm_bank import Bank, Group, load

LANGUAGES = ("de", "fr", "es", "it", "pt", "nl", "ru", "tr", "pl")
"""Besides English."""

_ENGLISH = 0.75
_HARMFUL = 0.46
_USER = 0.6
_LONGEST = 800
_TRIES = 20
"""How often a text that is too long or was there before is drawn again."""


def examples(rng: random.Random, count: int) -> Iterator[Example]:
    """Yield ``count`` examples, a little under half of them harmful; every label of each is known."""
    seen: set[str] = set()
    for _ in range(count):
        example = _example(rng)
        for _ in range(_TRIES):
            if example.text not in seen and len(example.text) <= _LONGEST:
                break
            example = _example(rng)
        seen.add(example.text)
        yield example


def _example(rng: random.Random) -> Example:
    bank = load("en" if rng.random() < _ENGLISH else rng.choice(LANGUAGES))
    zone = Zone.USER if rng.random() < _USER else Zone.ANSWER
    group = _harmful(rng, bank, zone) if rng.random() < _HARMFUL else _twin(rng, bank, zone)
    parts, labels = [bank.compose(rng, group)], set(group.labels)
    if rng.random() < 0.15:
        other = _harmful(rng, bank, zone) if labels and rng.random() < 0.6 else _twin(rng, bank, zone)
        parts.append(bank.compose(rng, other))
        labels |= other.labels
    text = _padded(rng, bank, group, zone, parts)
    style = harm_style.user if zone is Zone.USER else harm_style.answer
    return Example(
        style(rng, text),
        Head.HARM,
        zone,
        labels={label: label in labels for label in HARMS},
        kind=group.kind,
        lang=bank.lang,
        source="generated/harm",
    )


def _harmful(rng: random.Random, bank: Bank, zone: Zone) -> Group:
    label = rng.choice(HARMS)
    return _draw(rng, [group for group in bank.groups if label in group.labels and zone in group.zones])


def _twin(rng: random.Random, bank: Bank, zone: Zone) -> Group:
    return _draw(rng, [group for group in bank.groups if not group.labels and zone in group.zones])


def _draw(rng: random.Random, groups: list[Group]) -> Group:
    return rng.choices(groups, [group.weight for group in groups])[0]


def _padded(rng: random.Random, bank: Bank, group: Group, zone: Zone, parts: list[str]) -> str:
    """Set the parts among more of their kind and sentences that say nothing, so that length and place tell nothing."""
    wanted = rng.choice((0, 0, 0, 0, 60, 120, 200, 340))
    while sum(map(len, parts)) < wanted:
        more = bank.phrase(rng, f"filler_{zone}")
        chance = rng.random()
        if more in parts or chance < 0.3:
            more = bank.compose(rng, group)
        elif chance < 0.6:
            more = bank.compose(rng, _twin(rng, bank, zone))
        parts.insert(rng.randint(0, len(parts)), more)
    return rng.choice((" ", " ", " ", "\n")).join(parts)
