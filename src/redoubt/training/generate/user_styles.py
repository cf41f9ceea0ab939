"""How people type: the same for attacks and for harmless texts."""

import random
from collections.abc import Callable

Style = Callable[[str, random.Random], str]


def plain(text: str, rng: random.Random) -> str:
    """As a careful writer would: a capital at the start."""
    return text[:1].upper() + text[1:]


def lower(text: str, rng: random.Random) -> str:
    """No capitals; often no full stop either."""
    return text.lower().rstrip(".") if rng.random() < 0.6 else text.lower()


def upper(text: str, rng: random.Random) -> str:
    """All capitals."""
    return text.upper()


def typos(text: str, rng: random.Random) -> str:
    """Letters swapped, lost and doubled."""
    words = text.split(" ")
    for index, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and rng.random() < 0.18:
            at = rng.randint(1, len(word) - 2)
            words[index] = rng.choice(
                (
                    word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                    word[:at] + word[at + 1 :],
                    word[:at] + word[at] + word[at:],
                )
            )
    return " ".join(words)


def breathless(text: str, rng: random.Random) -> str:
    """No punctuation."""
    return "".join(letter for letter in text.lower() if letter not in ",.;:!?'")


def emphatic(text: str, rng: random.Random) -> str:
    """Some words in capitals, marks repeated."""
    words = [word.upper() if rng.random() < 0.15 else word for word in text.split(" ")]
    return " ".join(words).rstrip(".") + rng.choice(("!!!", "!!", "...", "??", " :)", " xD", " <3"))


def markdown(text: str, rng: random.Random) -> str:
    """A heading, a quote, a list item, a fence or bold."""
    return rng.choice(
        (
            f"## {rng.choice(('Task', 'Request', 'Question', 'Notes', 'Context', 'Prompt'))}\n\n{text}",
            "\n".join(f"> {line}" for line in text.splitlines()),
            f"- {text}",
            f"```\n{text}\n```",
            f"**{text}**",
            f"1. {text}",
            f'"{text}"',
            f"<p>{text}</p>",
        )
    )


STYLES: tuple[Style, ...] = (
    *[plain] * 20,
    *[lower] * 6,
    *[typos] * 4,
    *[breathless] * 2,
    *[emphatic] * 2,
    *[markdown] * 3,
    upper,
)
"""One for each share of the texts."""
