"""How a text looks where people write it: tweets, mails, reviews, game chat, typing errors. It never says whether it hurts."""

import random
from collections.abc import Callable

_HANDLES = (
    "max_91",
    "sunny",
    "kt",
    "dragon77",
    "anna.b",
    "nobody",
    "jpr",
    "mo",
    "luca_x",
    "teddy",
    "r00k",
    "zoe",
    "user4821",
)
_NAMES = (
    "Sam",
    "Alex",
    "Maria",
    "Jo",
    "Tom",
    "Lea",
    "Ivan",
    "Nina",
    "Paul",
    "Sofia",
    "Emre",
    "Kasia",
    "Chris",
    "Fatima",
    "Wei",
)
_TAGS = (
    "fail",
    "monday",
    "news",
    "gaming",
    "justsaying",
    "work",
    "life",
    "politics",
    "football",
    "help",
    "rant",
    "nofilter",
)
_TOPICS = (
    "update",
    "last night",
    "question",
    "your post",
    "today",
    "meeting",
    "off topic",
    "patch 2.1",
    "the match",
    "advice?",
)
_ENDS = ("!!!", "!!", "...", " lol", " :)", " :(", " tbh", "??", " smh", " pls", "")

_USER_STYLES: tuple[Callable[[random.Random, str], str], ...] = (
    lambda rng, text: f"@{rng.choice(_HANDLES)} {text}",
    lambda rng, text: f"{text} #{rng.choice(_TAGS)}",
    lambda rng, text: f"[{rng.choice(('all', 'team', 'global', 'party'))}] {rng.choice(_HANDLES)}: {text}",
    lambda rng, text: f"{rng.choice(_HANDLES)}: {text}",
    lambda rng, text: f"Re: {rng.choice(_TOPICS)}\n\n{text}",
    lambda rng, text: f"{rng.choice('12345')}/5\n{text}",
    lambda rng, text: f"{rng.choice(_NAMES)},\n\n{text}\n\n{rng.choice(_NAMES)}",
    lambda rng, text: f"Subject: {rng.choice(_TOPICS)}\n\n{text}",
    lambda rng, text: f"{text}\n\n{rng.choice(('Thanks', 'thx', 'Edit: typo', 'Sent from my phone', 'ty'))}",
    lambda rng, text: f"[{rng.randrange(24):02}:{rng.randrange(60):02}] {rng.choice(_NAMES)}: {text}",
)
_ANSWER_STYLES: tuple[Callable[[random.Random, str], str], ...] = (
    lambda _, text: f"**Answer:** {text}",
    lambda _, text: f"Assistant: {text}",
    lambda _, text: f"## {text}" if "\n" not in text and len(text) < 80 else f"> {text}",
    lambda _, text: f'"{text}"',
    lambda rng, text: f"{rng.choice(_NAMES)}, {text}",
)


def user(rng: random.Random, text: str) -> str:
    """Write the text as a user might have typed it."""
    if rng.random() < 0.3:
        text = _ending(rng, text)
    if rng.random() < 0.25:
        text = _typos(rng, text)
    text = _case(rng, text)
    return rng.choice(_USER_STYLES)(rng, text) if rng.random() < 0.25 else text


def answer(rng: random.Random, text: str) -> str:
    """Write the text as a model might have printed it."""
    return rng.choice(_ANSWER_STYLES)(rng, text) if rng.random() < 0.15 else text


def _case(rng: random.Random, text: str) -> str:
    chance = rng.random()
    if chance < 0.3:
        return text.lower()
    return text.upper() if chance < 0.34 else text


def _ending(rng: random.Random, text: str) -> str:
    return text.rstrip(".!") + rng.choice(_ENDS)


def _typos(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(1, 1 + len(text) // 60)):
        at = rng.randrange(len(text))
        if text[at].isalpha():
            text = rng.choice(
                (
                    text[:at] + text[at + 1 :],
                    text[: at + 1] + text[at:],
                    text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
                )
            )
    return text
