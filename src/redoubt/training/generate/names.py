"""Texts with names to mask, and texts that only look as if they had any.

Conventions: a person's span leaves out the title and the possessive; a city within an address belongs to the address, and so does a
postcode in a field of its own; a handle keeps its ``@``; mail addresses, telephone numbers and identifiers are no spans (rules find them).
"""

import random
from collections.abc import Iterator

from redoubt.domain.zone import Zone
from redoubt.training.example import Example, Head
from redoubt.training.generate.names_bank import frames
from redoubt.training.generate.names_frames import Piece, fill
from redoubt.training.generate.names_noise import join, noisy, spoken

_LANGS = {"en": 60, "de": 8, "fr": 6, "es": 6, "it": 5, "nl": 4, "pt": 4, "pl": 3}
_RARE = 5
"""Weight of all other languages together."""
_PLAIN = 0.33
"""Share of the texts that are made of frames without names."""
_LONGEST = 900
_SHORTEST = 15
_CODE = frozenset({"code", "csv", "html", "json", "log", "sql", "yaml"})
_OWN_WORDS = frozenset({"chat", "prompt", "speech"})
"""Kinds that a user writes; the rest comes from outside."""


def examples(rng: random.Random, count: int) -> Iterator[Example]:
    """``count`` examples of the names head."""
    made = 0
    while made < count:
        example = _example(rng)
        if _SHORTEST <= len(example.text) <= _LONGEST:
            made += 1
            yield example


def _example(rng: random.Random) -> Example:
    lang = _lang(rng)
    plain = rng.random() < _PLAIN
    kind, frame = _frame(rng, lang, plain=plain)
    code = kind in _CODE
    pieces = fill(rng, frame, lang) if code else _around(rng, lang, frame, plain=plain)
    pieces = spoken(pieces) if kind == "speech" else noisy(rng, pieces, code=code)
    text, spans = join(pieces)
    zone = Zone.USER if kind in _OWN_WORDS or (code and rng.random() < 0.5) else Zone.EXTERNAL
    return Example(
        text=text,
        head=Head.NAMES,
        zone=zone,
        spans=spans,
        kind=f"plain.{kind}" if plain else kind,
        lang=lang,
        source="generated/names",
    )


def _lang(rng: random.Random) -> str:
    rare = [lang for lang in frames("frames") if lang not in _LANGS]
    return rng.choices([*_LANGS, rng.choice(rare)], [*_LANGS.values(), _RARE])[0]


def _frame(rng: random.Random, lang: str, *, plain: bool) -> tuple[str, str]:
    return rng.choice(frames("plain" if plain else "frames")[lang])


def _around(rng: random.Random, lang: str, frame: str, *, plain: bool) -> list[Piece]:
    """Fill the frame, and put it between other texts of the language or leave it alone."""
    pieces = fill(rng, frame, lang)
    used = {frame}
    for _ in range(rng.choices((0, 1, 2, 4, 12), (48, 29, 12, 6, 5))[0]):
        kind, more = _frame(rng, lang, plain=plain or rng.random() < 0.6)
        other = fill(rng, more, lang)
        if kind in _CODE or more in used or _length(pieces) + _length(other) > _LONGEST - 2:
            continue
        used.add(more)
        gap = [Piece(rng.choice((" ", "\n", "\n\n")), filler=True)]
        pieces = pieces + gap + other if rng.random() < 0.6 else other + gap + pieces
    return pieces


def _length(pieces: list[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)
