"""What users write: attempts to misuse the model, and harmless texts that share their words, their lengths and their styles."""

import math
import random
from collections.abc import Iterator, Mapping
from functools import cache

from redoubt.training.example import Example, Head, Zone
from redoubt.training.generate.user_filters import DISGUISES
from redoubt.training.generate.user_grammar import Bank, read_banks
from redoubt.training.generate.user_styles import STYLES, plain

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
    text = _carry(rng, bank, core, length)
    text = (plain if literal else rng.choice(STYLES))(text, rng)
    return Example(
        text=text[:_LONGEST].strip(),
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
    """The length a text should have, drawn alike for both labels."""
    return int(min(max(rng.lognormvariate(math.log(170), 0.85), 20), _LONGEST - 100))


def _core(rng: random.Random, bank: Bank, label: bool, length: int) -> tuple[str, str]:
    """Kind and text of what matters: the first of a few that is not too long, or else the shortest."""
    kinds = bank.attack if label else bank.twin
    tried: list[tuple[str, str]] = []
    for _ in range(4):
        kind = rng.choice(tuple(kinds))
        core = bank.grow(rng.choice(kinds[kind]), rng)
        if len(core) <= length * 1.25:
            return kind, core
        tried.append((kind, core))
    return min(tried, key=lambda one: len(one[1]))


def _carry(rng: random.Random, bank: Bank, core: str, length: int) -> str:
    """Put ordinary text around it, where it is much shorter than wanted."""
    missing = length - len(core)
    if missing < 40 or len(core) > 0.7 * length:
        return core
    gap = rng.choice((" ", "\n", "\n\n", "\n\n", "\n---\n"))
    match rng.randrange(4):
        case 0:
            return f"{_ordinary(rng, bank, missing)}{gap}{core}"
        case 1:
            return f"{core}{gap}{_ordinary(rng, bank, missing)}"
        case 2:
            head = bank.grow(rng.choice(bank.words["paste_head"]), rng)
            return f"{head}{gap}{_ordinary(rng, bank, missing)}{gap}{core}"
        case _:
            return f"{_ordinary(rng, bank, missing // 2)}{gap}{core}{gap}{_ordinary(rng, bank, missing // 2)}"


def _ordinary(rng: random.Random, bank: Bank, length: int) -> str:
    """Requests, or a passage about one thing, of about that length."""
    topics = [name for name in bank.words if name.startswith("text_")]
    lines = list(
        bank.words["request"] if rng.random() < 0.35 or length < 80 else bank.words[rng.choice(topics)]
    )
    rng.shuffle(lines)
    text = ""
    for line in lines:
        more = bank.grow(line, rng)
        if text and len(text) + len(more) > length * 1.2:
            break
        text = f"{text} {more}" if text else more
    return text
