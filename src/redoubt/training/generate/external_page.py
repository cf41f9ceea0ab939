"""One document: a skeleton filled with sentences of one domain, with spots where something can be slipped in.

Slots that a skeleton may use beside those of the banks: ``«title»``, ``«line»`` (a statement), ``«step»`` (an order to people),
``«prose 2-4»``, ``«steps 3-5»`` (numbered), ``«bullets 3-5»``, ``«num 1-99»``, ``«hex 8»``, ``«b64»`` (a statement in base64) and
``«@»`` or ``«@name»``: a spot, whose wrappers the table ``spots`` lists. ``«prose»`` has spots of its own between its sentences.
"""

import base64
import html
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from redoubt.training.example import ORDER, Span
from redoubt.training.generate.external_bank import Bank, Skeleton, forms, values
from redoubt.training.generate.external_template import expand

OPEN: Final = "\ue000"
CLOSE: Final = "\ue001"
"""Around an order while the document is being made: private characters, which no escape touches."""
_SPOT: Final = "\ue002"
_SPOTS: Final = re.compile(f"{_SPOT}([a-z_]*){_SPOT}( ?)")

ESCAPES: Final[Mapping[str, Callable[[str], str]]] = {
    "none": lambda text: text,
    "line": lambda text: " ".join(text.split()),
    "html": lambda text: html.escape(text, quote=False),
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "csv": lambda text: " ".join(text.split()).replace('"', '""'),
}

_STRETCHES: Final = (0.7, 1.0, 1.0, 1.5, 2.0, 3.0)
"""How much longer than its skeleton says the running text of a document is."""


@dataclass(frozen=True, slots=True)
class Page:
    """A document whose spots are still open; filled in two ways it makes an attack and its twin."""

    skeleton: Skeleton
    text: str

    def spots(self) -> int:
        """Count its spots."""
        return len(_SPOTS.findall(self.text))

    def filled(
        self, inserts: Mapping[int, str], rng: random.Random, tongue: "Tongue"
    ) -> tuple[str, tuple[Span, ...]]:
        """Put ``inserts`` at the spots of those numbers; the spans are those of what stands between `OPEN` and `CLOSE`."""
        numbers = iter(range(self.spots()))

        def at_spot(match: re.Match[str]) -> str:
            insert = inserts.get(next(numbers))
            if insert is None and match[1] != "line":
                return ""
            insert = insert or tongue.fill("line", "")
            wrapper = rng.choice(forms().spots[match[1] or self._spot_in_prose()])
            escaped = ESCAPES[self.skeleton.escape](insert)

            def fill(name: str, argument: str) -> str:
                return escaped if name == "it" else tongue.fill(name, argument)

            wrapped = expand(wrapper, rng, fill)
            return wrapped if wrapped.endswith("\n") else wrapped + match[2]

        return _spans(_tidy(_SPOTS.sub(at_spot, self.text)))

    def _spot_in_prose(self) -> str:
        """Name the spot between sentences: no line may break where line breaks are escaped."""
        return "plain" if self.skeleton.escape in ("none", "html") else "line"


class Tongue:
    """Speaks one language about one domain, and repeats no sentence while it has others."""

    def __init__(self, rng: random.Random, bank: Bank, domain: str) -> None:
        self._rng = rng
        self.bank = bank
        self._domain = bank.domains[domain]
        self._decks: dict[str, list[str]] = {}
        self._stretch = rng.choice(_STRETCHES)

    def say(self, template: str) -> str:
        """Fill in everything."""
        return expand(template, self._rng, self.fill)

    def page(self, skeleton: Skeleton) -> Page:
        """Make a document of that form."""
        escape = ESCAPES[skeleton.escape]
        return Page(
            skeleton,
            expand(skeleton.text, self._rng, lambda name, argument: escape(self.fill(name, argument))),
        )

    def fill(self, name: str, argument: str) -> str:
        """Say what a slot asks for; raises `KeyError` for a slot that no bank knows."""
        match name:
            case "title":
                return self.say(self._rng.choice(self._domain.titles))
            case "line":
                return self._next("prose", self._domain.prose)
            case "step":
                return self._next("steps", self._domain.steps)
            case "prose":
                return self._prose(self._between(argument))
            case "steps":
                return "\n".join(
                    f"{n}. {self.fill('step', '')}" for n in range(1, self._between(argument) + 1)
                )
            case "bullets":
                return "\n".join(f"- {self.fill('line', '')}" for _ in range(self._between(argument)))
            case "num":
                return str(self._between(argument))
            case "hex":
                return f"{self._rng.getrandbits(int(argument) * 4):0{argument}x}"
            case "b64":
                return base64.b64encode(self.fill("line", "").encode()).decode()
            case _ if name.startswith("@"):
                return f"{_SPOT}{name[1:]}{_SPOT}"
            case _:
                return self.say(self._rng.choice(self.bank.words.get(name) or values()[name]))

    def _prose(self, sentences: int) -> str:
        sentences = max(1, round(sentences * self._stretch))
        said = [self.fill("line", "") for _ in range(sentences)]
        said.insert(self._rng.randint(0, sentences), f"{_SPOT}{_SPOT}")
        return " ".join(said)

    def _next(self, deck: str, sentences: tuple[str, ...]) -> str:
        left = self._decks.get(deck)
        if left is None:
            left = self._decks[deck] = self._rng.sample(sentences, len(sentences))
        if not left:
            other = self.bank.domains[self._rng.choice(tuple(self.bank.domains))]
            more = other.prose if deck == "prose" else other.steps
            left.extend(self._rng.sample(more, len(more)))
        return self.say(left.pop())

    def _between(self, argument: str) -> int:
        low, _, high = argument.partition("-")
        return self._rng.randint(int(low), int(high or low))


def _tidy(text: str) -> str:
    """Without the lines and blanks that empty spots leave behind."""
    text = re.sub(r"[ \t]+\n", "\n", text)
    text = re.sub(r"(?<=\S)  +(?=\S)", " ", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _spans(marked: str) -> tuple[str, tuple[Span, ...]]:
    spans: list[Span] = []
    parts: list[str] = []
    length = 0
    for piece in re.split(f"({OPEN}[^{CLOSE}]*{CLOSE})", marked):
        text = piece.strip(OPEN + CLOSE)
        if piece.startswith(OPEN):
            lead = len(text) - len(text.lstrip())
            spans.append(Span(length + lead, length + len(text.rstrip()), ORDER))
        parts.append(text)
        length += len(text)
    return "".join(parts), tuple(spans)
