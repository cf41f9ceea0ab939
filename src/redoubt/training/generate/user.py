"""What users write: attempts to misuse the model, and harmless texts that share their words, their lengths and their styles."""

import math
import random
from collections.abc import Iterator, Mapping
from functools import cache

from redoubt.domain.zone import Zone
from redoubt.training.example import Example, Head
from redoubt.training.generate.user_carriers import carry
from redoubt.training.generate.user_filters import DISGUISES
from redoubt.training.generate.user_grammar import Bank, read_banks
from redoubt.training.generate.user_styles import STYLES

_LONGEST = 1500
"""Code points."""
_TRIES = 8
"""How often a text that was seen before is thrown away for another."""
_LITERAL = (
    "encoded",
    "split",
    "fake_turn",
    "delimiter",
    "policy_file",
    "code",
    "config",
    "many_shot",
    "dialogue",
    "suffix",
    "noise",
)
"""Kinds whose letters must stay as they are."""
_SHARES: Mapping[str, float] = {
    **{"en": 0.65, "de": 0.05, "fr": 0.05, "es": 0.05, "it": 0.03, "pt": 0.03, "nl": 0.025, "pl": 0.025},
    **{"ru": 0.015, "zh": 0.015, "ja": 0.01, "ko": 0.01, "ar": 0.01, "tr": 0.015, "hi": 0.012},
    **{"hi-Latn": 0.006, "ru-Latn": 0.005, "ar-Latn": 0.004},
}
"""Share of each language; three of them also as people type them in Latin letters."""

KINDS = tuple(
    f"{family}.{kind}"
    for family, kinds in (
        ("injection", "override subtle fake_turn delimiter switch authority print split"),
        (
            "jailbreak",
            "persona two_answers fiction opposite points blackmail pretext refusal prefix many_shot",
        ),
        ("jailbreak", "policy_file developer_mode encoded crescendo suffix pivot"),
        ("extraction", "direct indirect bait form"),
        ("abuse", "tool secrets loop role"),
        (
            "twin",
            "security_question code word role_play fiction rewrite format correction service sysadmin sensitive short",
        ),
        (
            "twin",
            "encoded dialogue prompt_draft question capability game emotion tool many_shot config hypothetical noise",
        ),
        ("twin", "research quoted paste"),
    )
    for kind in kinds.split()
)
"""Every kind there is; those of harmless texts begin with ``twin``."""


def examples(rng: random.Random, count: int) -> Iterator[Example]:
    """Yield ``count`` texts, attacks and harmless ones in turn at random, hardly any of them twice."""
    seen: set[str] = set()
    for _ in range(count):
        label = rng.random() < 0.5
        for _ in range(_TRIES):
            example = _example(rng, label)
            if example.text not in seen:
                break
        seen.add(example.text)
        yield example


def _example(rng: random.Random, label: bool) -> Example:
    banks = _banks()
    bank = banks[rng.choices(tuple(banks), tuple(_SHARES[lang] for lang in banks))[0]]
    # Some people write an English sentence among words of their own language.
    core_bank = banks["en"] if rng.random() < 0.1 else bank
    length = _length(rng)
    kind, core = _core(rng, core_bank, label, length)
    literal = kind.endswith(_LITERAL)
    if not literal and rng.random() < 0.07:
        core = rng.choice(DISGUISES)(core, rng)
        literal = True
    text = carry(rng, bank, core, length)
    if not literal:
        text = rng.choice(STYLES)(text, rng)
    return Example(
        text=(text if len(text) <= _LONGEST else core)[:_LONGEST].strip(),
        head=Head.ATTACK,
        zone=Zone.USER,
        label=label,
        kind=kind,
        lang=core_bank.lang,
        source="generated/user",
    )


@cache
def _banks() -> Mapping[str, Bank]:
    return {bank.lang: bank for bank in read_banks()}


def _length(rng: random.Random) -> int:
    """Draw the length a text should have, alike for both labels."""
    return int(min(max(rng.lognormvariate(math.log(170), 0.85), 20), _LONGEST - 100))


def _core(rng: random.Random, bank: Bank, label: bool, length: int) -> tuple[str, str]:
    """Write a few and take, in turn at random, the one nearest to the length or the first that is not too long."""
    kinds = bank.attack if label else bank.twin
    tried: list[tuple[str, str]] = []
    nearest = rng.random() < 0.4
    for _ in range(5):
        kind = rng.choice(tuple(kinds))
        core = bank.grow(rng.choice(kinds[kind]), rng)
        if not nearest and len(core) <= length * 1.25:
            return kind, core
        tried.append((kind, core))
    return min(tried, key=lambda one: abs(math.log(length / len(one[1]))))
