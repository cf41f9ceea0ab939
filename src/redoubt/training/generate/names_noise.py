"""How people really write: all lower, all upper, no accents, no punctuation, typos outside names."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from redoubt.training.example import Span
from redoubt.training.generate.names_distractors import plain_ascii
from redoubt.training.generate.names_frames import Piece

_EDGE = " \t\n.,;:!?\"'()[]-/–"
_MARKS = str.maketrans("", "", ".,;!?")


def noisy(rng: random.Random, pieces: list[Piece], *, code: bool) -> list[Piece]:
    """Write the pieces as a hasty hand does; ``code`` keeps its marks and its spelling."""
    if not code and rng.random() < 0.1:
        pieces = [
            piece if piece.type or piece.filler else replace(piece, text=_typo(rng, piece.text))
            for piece in pieces
        ]
    if not code and rng.random() < 0.07:
        pieces = unpunctuated(pieces)
    if rng.random() < 0.05:
        pieces = _each(pieces, plain_ascii)
    dice = rng.random()
    if dice < 0.15:
        return _each(pieces, str.lower)
    return _each(pieces, str.upper) if dice < 0.18 else pieces


def unpunctuated(pieces: list[Piece]) -> list[Piece]:
    """Drop the marks between the words, and those that part an address."""
    return [_bare(piece) for piece in pieces]


def spoken(pieces: list[Piece]) -> list[Piece]:
    """Write the pieces as a speech recogniser does."""
    return _each(unpunctuated(pieces), str.lower)


def join(pieces: Iterable[Piece]) -> tuple[str, tuple[Span, ...]]:
    """Build the text, and its spans without blanks or marks at their edges."""
    text, spans = "", []
    for piece in pieces:
        if piece.type and (name := piece.text.strip(_EDGE)):
            start = len(text) + piece.text.index(name)
            spans.append(Span(start, start + len(name), piece.type))
        text += piece.text
    return text, tuple(spans)


def _bare(piece: Piece) -> Piece:
    if piece.type == "ADDRESS":
        return replace(piece, text=piece.text.replace(",", "").replace("\n", " "))
    return piece if piece.type or piece.filler else replace(piece, text=piece.text.translate(_MARKS))


def _each(pieces: Sequence[Piece], change: Callable[[str], str]) -> list[Piece]:
    return [replace(piece, text=change(piece.text)) for piece in pieces]


def _typo(rng: random.Random, text: str) -> str:
    if len(text) < 8:
        return text
    at = rng.randrange(1, len(text) - 2)
    if not text[at : at + 2].isalpha():
        return text
    swapped = text[at + 1] + text[at]
    return text[:at] + rng.choice((swapped, text[at], text[at] * 2 + text[at + 1])) + text[at + 2 :]
