"""How people type: the same for attacks and for harmless texts."""

import random
import re
from collections.abc import Callable

Style = Callable[[str, random.Random], str]


_START = re.compile(r"(^|[.!?]\s+)([^\W\d_])")
"""The first letter of a sentence."""


def plain(text: str, _rng: random.Random) -> str:
    """Write as a careful person would: sentences begin with a capital."""
    return _START.sub(lambda found: found[1] + found[2].upper(), text)


def careless(text: str, _rng: random.Random) -> str:
    """Leave it as it is."""
    return text


def lower(text: str, rng: random.Random) -> str:
    """Use no capitals; often no full stop either."""
    return text.lower().rstrip(".") if rng.random() < 0.6 else text.lower()


def upper(text: str, _rng: random.Random) -> str:
    """Use capitals only."""
    return text.upper()


def typos(text: str, rng: random.Random) -> str:
    """Swap, lose and double letters."""
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


def breathless(text: str, _rng: random.Random) -> str:
    """Leave out the punctuation."""
    return "".join(letter for letter in text.lower() if letter not in ",.;:!?'")


def emphatic(text: str, rng: random.Random) -> str:
    """Shout some words and repeat the last mark."""
    words = [word.upper() if rng.random() < 0.15 else word for word in text.split(" ")]
    return " ".join(words).rstrip(".") + rng.choice(("!!!", "!!", "...", "??", " :)", " xD", " <3"))


def markdown(text: str, rng: random.Random) -> str:
    """Make it a heading, a quote, a list item, a fence or bold."""
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
    *[plain] * 18,
    *[careless] * 2,
    *[lower] * 6,
    *[typos] * 4,
    *[breathless] * 2,
    *[emphatic] * 2,
    *[markdown] * 3,
    upper,
)
"""One for each share of the texts."""
