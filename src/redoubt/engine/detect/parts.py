"""The most selective short part that every match of a pattern holds: what the one pass looks for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, log2
from re import _constants as sre
from typing import Any

from redoubt.engine.detect.shapes import ANY_WIDE, DIGITS, Chars, chars_of, tree, width_of

LONGEST_PART = 12
"""Positions; more of them select no better and make the pass slower."""
ENOUGH_BITS = 12.0
"""A part that ordinary text holds more often than once in some thousand places is no anchor."""
PLENTY_BITS = 18.0
"""More is no longer noticed: the name of a vendor at the left is better than the shape of a key that many share."""
NEVER_BITS = 24.0
"""What an empty set of characters says."""
WIDEST_GAP = 8
"""A part goes on over a repetition of at most so many characters, or over any number of one of few."""
LONGEST_OPTION = 24
"""Positions of one option of an alternation: long enough for most words, so that what follows them can count too."""
_MOST_OPTIONS = 400
URL_BITS = 4.0
"""What it says that a URL begins: less than its letters one by one, whichever of them a part begins with."""
_URL = re.compile(
    rb"(?:\[(?:\\x48)?\\x68\])?(?:\[(?:\\x54)?\\x74\]){0,2}(?:\[(?:\\x50)?\\x70\])?"
    rb"(?:\[(?:\\x53)?\\x73\](?:\{0,1\})?)?(\[\\x3a\])?\[\\x2f\]\[\\x2f\]"
)


@dataclass(frozen=True, slots=True)
class Part:
    """An expression, in Hyperscan's syntax, that every match holds."""

    expression: bytes
    before: float
    """The most characters from the match's start to the part's end; may be infinite."""
    after: float
    """The most characters from the part's end to the match's end; may be infinite."""
    bits: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """How a piece of a pattern is written in a part."""

    expression: bytes
    bits: float
    least: int
    """The fewest positions it takes."""
    whole: bool
    """False where it was cut short, so that nothing may follow it."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """One item of a concatenation, with its groups taken apart."""

    op: Any
    value: Any
    fold: bool
    widest: float


def necessary_part(pattern: str, enough: float = ENOUGH_BITS) -> Part | None:
    """Return the best short part that every match holds, or None where none has ``enough`` bits.

    More bits are better up to `PLENTY_BITS`; from there on, a part that lies at a bounded distance from the start is.
    """
    parsed = tree(pattern)
    if parsed is None:
        return None
    units = _flat(parsed, bool(parsed.state.flags & re.IGNORECASE))
    best, best_rank = None, (0.0, False)
    for begin in range(len(units)):
        end, piece = _sequence(units, begin, LONGEST_PART, edge=True)
        before = sum(unit.widest for unit in units[:end])
        bits = piece.bits - _bits_of_url(piece.expression)
        rank = (min(bits, PLENTY_BITS), before < inf)
        if piece.least and bits >= enough and rank > best_rank:
            after = sum(
                unit.widest for unit in units[begin:]
            )  # the part may end short of its optional pieces
            best, best_rank = Part(piece.expression, before, after, bits), rank
    return best


def _bits_of_url(expression: bytes) -> float:
    """Return by how much the letters of the begin of a URL in an expression say too much."""
    url = _URL.search(expression)
    if url is None:
        return 0.0
    marks = 3 if url[1] else 2
    letters = url[0].count(b"[") - marks
    return -log2(_frequency(ord("h"))) * letters - log2(_frequency(ord("/"))) * marks - URL_BITS


def bits_of_words(words: Sequence[str]) -> float:
    """Return how much it says that one of the words stands somewhere, in any case."""
    each = (sum(_bits(*_letter(char)) for char in word) for word in words)
    return -log2(min(1.0, sum(2.0**-bits for bits in each)))


def _letter(char: str) -> tuple[Chars, bool]:
    """Return the set that one letter of a word is, in any case."""
    return (
        Chars(frozenset((ord(char.lower()),)), False) if char.isascii() else Chars(frozenset(), True)
    ), False


def _flat(items: Iterable[Any], fold: bool) -> list[_Unit]:
    """Take the groups of a concatenation apart."""
    units: list[_Unit] = []
    for op, value in items:
        if op is sre.SUBPATTERN:
            _, add, remove, inner = value
            units += _flat(inner, (fold or bool(add & re.IGNORECASE)) and not remove & re.IGNORECASE)
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            low, high, inner = value
            most = inf if high is sre.MAXREPEAT else int(high)
            if low == most == 1:
                units += _flat(inner, fold)
                continue
            width = width_of(inner)
            units.append(_Unit(op, (low, most, _flat(inner, fold)), fold, width * most if most else 0))
        elif op is sre.BRANCH:
            units.append(
                _Unit(op, [_flat(o, fold) for o in value[1]], fold, max(width_of(o) for o in value[1]))
            )
        else:
            units.append(_Unit(op, value, fold, 0 if op is sre.AT else 1))
    return units


def _sequence(units: Sequence[_Unit], begin: int, room: int, *, edge: bool = False) -> tuple[int, _Piece]:
    """Write units from ``begin`` on until ``room`` positions are full; return where it stopped, and the piece.

    ``edge``: the piece may begin in the middle of a repetition.
    """
    pieces: list[_Piece] = []
    least, end, last = 0, begin, 0
    whole = True
    while end < len(units) and whole:
        piece = _write(units[end], room - least, edge=edge and end == begin) if room > least else None
        if piece is None:
            whole = False
            break
        end += 1
        pieces.append(piece)
        least += piece.least
        whole = piece.whole
        if piece.least:
            last = len(pieces)
    if not whole:  # what is optional at the right end only makes for more hits
        end -= len(pieces) - last
        pieces = pieces[:last]
    bits = sum(piece.bits for piece in pieces)
    return end, _Piece(b"".join(piece.expression for piece in pieces), bits, least, whole)


def _write(unit: _Unit, room: int, *, edge: bool) -> _Piece | None:
    """Write one unit, or return None where it cannot be part of a part."""
    if unit.op is sre.AT:
        boundary = unit.value is sre.AT_BOUNDARY
        return _Piece(rb"\b" if boundary else b"", 1.0 if boundary else 0.0, 0, True)
    if unit.op is sre.BRANCH:
        return _branch(unit.value, room)
    if unit.op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, most, inner = unit.value
        chars = chars_of(inner[0].op, inner[0].value) if len(inner) == 1 else None
        if chars is None:
            return _group(inner, low, most, room)
        return _repeat(chars, inner[0].fold, (low, most), room, edge=edge)
    chars = chars_of(unit.op, unit.value)
    return _Piece(_set(chars, unit.fold), _bits(chars, unit.fold), 1, True) if chars else None


def _repeat(chars: Chars, fold: bool, times: tuple[int, float], room: int, *, edge: bool) -> _Piece | None:
    """Write a repetition of one set."""
    low, most = times
    one, bits = _set(chars, fold), _bits(chars, fold)
    if edge and low != most:
        return _Piece(one, bits, 1, True) if low else None
    count = min(low, room)
    more = 0.2 if chars.ascii <= DIGITS else 0.5  # what follows its own kind says less; digits come in runs
    gain = bits * (1 + more * (count - 1)) if count else 0.0
    if count < low or (most > low and not (most <= WIDEST_GAP or len(chars.ascii) <= 8)):
        return _Piece(one + b"{%d}" % count, gain, count, False) if count else None
    if low == most:
        return _Piece(one + b"{%d}" % count, gain, count, True)
    limits = b"{%d,}" % low if most == inf else b"{%d,%d}" % (low, int(most))
    return _Piece(one + limits, gain, count, True)


def _group(inner: list[_Unit], low: int, most: float, room: int) -> _Piece | None:
    """Write a repetition of a group: optional ones of bounded width, or the first of those that must be there."""
    _, piece = _sequence(inner, 0, room if low else LONGEST_PART)
    if not low:
        if not piece.whole or most > 1 or sum(unit.widest for unit in inner) > 2 * LONGEST_PART:
            return None
        return _Piece(b"(?:" + piece.expression + b")?", 0.0, 0, True)
    if not piece.least:
        return None
    if not piece.whole:
        return _Piece(piece.expression, piece.bits, piece.least, False)
    count = max(1, min(low, room // piece.least))
    return _Piece(
        b"(?:" + piece.expression + b"){%d}" % count,
        piece.bits * count,
        piece.least * count,
        low == most == count,
    )


def _branch(options: list[list[_Unit]], room: int) -> _Piece | None:
    """Write an alternation; where one option is cut short, nothing may follow any."""
    if len(options) > _MOST_OPTIONS:
        return None
    written = [_sequence(option, 0, max(room, LONGEST_OPTION))[1] for option in options]
    whole = all(piece.whole for piece in written)
    if not whole and not all(piece.least for piece in written):
        return None
    bits = -log2(min(1.0, sum(2.0**-piece.bits for piece in written)))
    expression = b"(?:" + b"|".join(dict.fromkeys(piece.expression for piece in written)) + b")"
    return _Piece(expression, bits, min(piece.least for piece in written), whole)


def _set(chars: Chars, fold: bool) -> bytes:
    """Write a set of characters in Hyperscan's syntax."""
    ascii_chars = _folded(chars, fold)
    if not ascii_chars:
        return b"(?:" + ANY_WIDE + b")"
    piece = b"[" + b"".join(b"\\x%02x" % char for char in sorted(ascii_chars)) + b"]"
    return b"(?:" + piece + b"|" + ANY_WIDE + b")" if chars.wide else piece


def _folded(chars: Chars, fold: bool) -> frozenset[int]:
    """Return the ASCII characters of the set, in both cases where case does not count."""
    return chars.ascii | {ord(chr(char).swapcase()) for char in chars.ascii} if fold else chars.ascii


def _bits(chars: Chars, fold: bool) -> float:
    """Return how much one character of the set says, by a rough frequency of characters in prose and code."""
    frequency = sum(_frequency(char) for char in _folded(chars, fold)) + (0.02 if chars.wide else 0.0)
    return -log2(min(1.0, frequency)) if frequency else NEVER_BITS


def _frequency(char: int) -> float:
    """Return the rough frequency of an ASCII character."""
    if char == 32:
        return 0.15
    if 97 <= char <= 122:
        return 0.025
    if 48 <= char <= 57:
        return 0.01
    if 65 <= char <= 90:
        return 0.003
    return 0.002
