"""Prompts to measure with: read from a corpus file, or made up, with the spans that should be found."""

import gzip
import json
import random
import string
from dataclasses import dataclass
from pathlib import Path

Span = tuple[int, int, str]
"""(start, end, type): code points; EMAIL PHONE US_SSN CREDIT_CARD IBAN IP SECRET:kind."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text and what is in it."""

    text: str
    spans: tuple[Span, ...]


def read(path: Path) -> list[Prompt]:
    """Read JSON lines of ``{"text", "spans": [{"start", "end", "type"}]}``, compressed or not."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in data.splitlines() if line]
    return [Prompt(r["text"], tuple((s["start"], s["end"], s["type"]) for s in r["spans"])) for r in rows]


def make(count: int, seed: int = 7) -> list[Prompt]:
    """Make prompts of the same kind up: a third of them hold something, some hold what only looks like it."""
    draw = random.Random(seed)
    return [_prompt(draw) for _ in range(count)]


_PROSE = """
please rewrite the quarterly report in plain language and keep every number as it is then
list open questions for our meeting with finance about the new supplier contract because
delivery was late again why does this function return none when the input list is empty
could you translate my letter into german and french
"""
_WORDS = _PROSE.split()


def _prompt(draw: random.Random) -> Prompt:
    text = _prose(draw)
    spans: list[Span] = []
    for _ in range(draw.choice((0, 0, 1, 2, 3))):
        lead, value, kind = _value(draw) if draw.random() < 0.5 else (*_decoy(draw), "")
        text += f" {lead}"
        if kind:
            spans.append((len(text), len(text) + len(value), kind))
        text += f"{value}{draw.choice(('. ', ' ', ', '))}{_prose(draw)}"
    return Prompt(text, tuple(spans))


def _prose(draw: random.Random) -> str:
    return " ".join(draw.choices(_WORDS, k=draw.randint(8, 40)))


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choices(string.digits, k=count))


def _luhn(number: str) -> str:
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(number), start=1))
    return number + str(-total % 10)


def _iban(draw: random.Random) -> str:
    account = _digits(draw, 18)
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def _value(draw: random.Random) -> tuple[str, str, str]:
    """Return the words before it, the value and its type."""
    letters = string.ascii_letters + string.digits
    card = _luhn("4" + _digits(draw, 14))
    ssn = f"{draw.randint(100, 650)}-{draw.randint(11, 98)}-{draw.randint(1100, 9800)}"
    return draw.choice(
        (
            (
                "write to ",
                f"{draw.choice(_WORDS)}.{draw.randint(1, 99)}@{draw.choice(_WORDS)}.example",
                "EMAIL",
            ),
            ("call ", f"+1 212 {draw.randint(200, 555)} {_digits(draw, 4)}", "PHONE"),
            ("my SSN is ", ssn, "US_SSN"),
            ("charge card ", card, "CREDIT_CARD"),
            ("charge card ", " ".join(card[i : i + 4] for i in range(0, 16, 4)), "CREDIT_CARD"),
            ("wire it to ", _iban(draw), "IBAN"),
            ("ssh root@", ".".join(str(draw.randint(11, 254)) for _ in range(4)), "IP"),
            ("key ", "AKIA" + "".join(draw.choices("ABCDEFGHJKLMNPQRSTUVWXYZ234567", k=16)), "SECRET:aws"),
            ("token ", "glpat-" + "".join(draw.choices(letters, k=20)), "SECRET:gitlab"),
        )
    )


def _decoy(draw: random.Random) -> tuple[str, str]:
    """Return something that must not be found."""
    number = _luhn("4" + _digits(draw, 14))
    return draw.choice(
        (
            ("order ", number[:-1] + str((int(number[-1]) + 1) % 10)),
            ("version ", f"{draw.randint(1, 9)}.{draw.randint(0, 30)}.{draw.randint(0, 9)}"),
            ("in ", str(draw.randint(1990, 2030))),
            ("a placeholder like ", "AKIA-style ids"),
            ("commit ", "".join(draw.choices("0123456789abcdef", k=40))),
        )
    )
