"""The ordinary text in which something stands; drawn alike for attacks and for harmless texts."""

import random

from redoubt.training.generate.user_grammar import Bank

_REQUESTS = 3
"""How many requests people put in one message, at most."""


def carry(rng: random.Random, bank: Bank, core: str, length: int) -> str:
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
    """Write requests, or passages, of about that length."""
    topics = [name for name in bank.words if name.startswith("text_")]
    rng.shuffle(topics)
    lines: list[str] = []
    if length < 80 or rng.random() < 0.4:
        lines += rng.sample(bank.words["request"], _REQUESTS)
    for topic in topics:
        lines += rng.sample(bank.words[topic], len(bank.words[topic]) // 2)
    text = ""
    for line in lines:
        more = bank.grow(line, rng)
        if text and len(text) + len(more) > length * 1.2:
            break
        text = f"{text} {more}" if text else more
    return text
