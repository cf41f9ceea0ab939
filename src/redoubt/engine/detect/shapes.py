"""What can be told of every match of a pattern without running it: how long it is, and a short part it must hold.

The pattern is read with the standard library's parser for regular expressions, of whose syntax RE2's is nearly a
subset. What that parser does not accept, and what is not understood here, is answered with "nothing is known": the
matcher then falls back on the rule's keywords or on the whole pattern, so a gap here costs speed and never a match.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from math import inf, log2
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST_PART = 12
"""A part of more positions selects no better and makes the pass slower."""
ENOUGH_BITS = 13.0
"""A part that random text holds more often than once in some thousand places is no anchor."""
PLENTY_BITS = 18.0
"""More is no longer noticed."""
SEPARATORS = frozenset(map(ord, " .-/"))
DIGITS = frozenset(range(48, 58))
DIGIT_RUN = rb"(?:^|[^0-9])[0-9](?:[ ./\-]{0,2}[0-9]){4}"
"""Five digits, with up to two separators between any two, from the left end of a run of digits."""

_SPACES = frozenset(b"\t\n\f\r ")
_WORD = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_CATEGORIES = {sre.CATEGORY_DIGIT: DIGITS, sre.CATEGORY_SPACE: _SPACES, sre.CATEGORY_WORD: _WORD}


@dataclass(frozen=True, slots=True)
class Part:
    """An expression that every match holds."""

    expression: bytes
    before: float
    """The most characters from the match's start to the part's end; may be infinite."""
    after: float
    """The most characters from the part's end to the match's end; may be infinite."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """One piece of a concatenation: a set of ASCII characters, repeated; or something opaque."""

    chars: frozenset[int] | None
    low: int
    high: float
    fold: bool = False
    boundary: bool = False
    text: bytes = b""
    """How an alternation of fixed words is written; `chars` is None."""
    bits: float = 0.0


def tree(pattern: str) -> Any | None:
    """Parse the pattern, or return None."""
    if "[[:" in pattern or "\\p" in pattern or "\\P" in pattern:
        return None
    try:
        return parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


def longest(pattern: str) -> float:
    """Return the most characters a match can have: infinite where it has no bound or it is not known."""
    parsed = tree(pattern)
    if parsed is None:
        return inf
    width = parsed.getwidth()[1]
    return inf if width >= 65536 else int(width)


def necessary_part(pattern: str, enough: float = ENOUGH_BITS) -> Part | None:
    """Return the best short part that every match holds, or None where none has ``enough`` bits.

    More bits are better up to `PLENTY_BITS`; from there on, a part that lies at a bounded distance from the start is.
    """
    parsed = tree(pattern)
    if parsed is None:
        return None
    units = list(_units(parsed, bool(parsed.state.flags & re.IGNORECASE)))
    best, best_rank = None, (enough, False, 0.0)
    for begin in range(len(units)):
        end, bits, expression = _extend(units, begin)
        before = sum(unit.high for unit in units[:end])
        rank = (min(bits, PLENTY_BITS), before < inf, bits)
        if expression and rank > best_rank:
            best, best_rank = Part(expression, before, sum(unit.high for unit in units[end - 1 :])), rank
    return best


def holds_digit_run(pattern: str) -> bool:
    """Tell whether every match certainly holds a `DIGIT_RUN` (or touches one that began just before it)."""
    parsed = tree(pattern)
    if parsed is None or not _guarded(parsed):
        return False
    forms = _forms(parsed)
    return bool(forms) and all(_has_run(form) for form in forms)


def _units(items: Iterable[Any], fold: bool) -> Iterator[_Unit]:
    """Flatten a concatenation."""
    for op, value in items:
        if op is sre.SUBPATTERN:
            _, add, remove, inner = value
            yield from _units(inner, (fold or bool(add & re.IGNORECASE)) and not remove & re.IGNORECASE)
        elif op is sre.AT:
            yield _Unit(None, 0, 0, boundary=value is sre.AT_BOUNDARY)
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            low, high, inner = value
            yield from _repeat(low, high, inner, fold)
        elif op is sre.BRANCH:
            yield _branch(value[1], fold)
        else:
            chars = _chars(op, value)
            yield _Unit(chars, 1, 1, fold)


def _repeat(low: int, high: Any, inner: Any, fold: bool) -> Iterator[_Unit]:
    """Flatten a repetition: of one set of characters as one unit, of a group once where it must occur once."""
    most = inf if high is sre.MAXREPEAT else int(high)
    single = list(_units(inner, fold))
    if len(single) == 1 and single[0].chars is not None and single[0].low == single[0].high == 1:
        yield _Unit(single[0].chars, low, most, fold)
    elif low == most == 1:
        yield from single
    else:
        width = inner.getwidth()[1]
        yield _Unit(None, 0, inf if most == inf or width >= 65536 else width * most)


def _branch(options: Any, fold: bool) -> _Unit:
    """Write an alternation of fixed strings of sets; anything else is opaque."""
    texts, bits, widths = [], [], []
    for option in options:
        units = list(_units(option, fold))
        widths.append(sum(unit.high for unit in units))
        if not units or any(u.chars is None or u.low != u.high or u.high > LONGEST_PART for u in units):
            bits.append(0.0)
        else:
            bits.append(sum(_bits(unit) * unit.low for unit in units))
            texts.append(b"".join(_write(unit, unit.low, unit.low) for unit in units))
    if len(texts) < len(options) or len(options) > 40:
        return _Unit(None, 0, max(widths))
    low = min(widths)
    return _Unit(
        None, int(low), max(widths), text=b"(?:" + b"|".join(texts) + b")", bits=min(bits) - log2(len(bits))
    )


def _extend(units: list[_Unit], begin: int) -> tuple[int, float, bytes]:
    """Write as many units as fit from ``begin`` on; return where it ends, how selective it is, and the expression."""
    pieces: list[bytes] = []
    bits, size, end = 0.0, 0, begin
    for number in range(begin, len(units)):
        unit = units[number]
        room = LONGEST_PART - size
        if room <= 0:
            break
        if unit.boundary:
            piece, gain, width, goes_on = rb"\b", 1.0, 0, True
        elif unit.text:
            piece, gain, width, goes_on = unit.text, unit.bits, int(unit.low), True
        elif unit.chars is None:
            break
        else:
            count = min(unit.low, room)
            goes_on = count == unit.high
            if not goes_on and unit.low == 0 and number > begin and len(unit.chars) <= 8:
                piece, gain, width, goes_on = _write(unit, 0, unit.high), 0.0, 0, True
            elif not goes_on and number == begin and count:
                piece, gain, width, goes_on = _write(unit, 1, 1), _bits(unit), 1, True
            elif count:
                piece, gain, width = _write(unit, count, count), _bits(unit) * count, count
            else:
                break
        pieces.append(piece)
        bits, size = bits + gain, size + width
        if width:
            end = number + 1
            kept = len(pieces)
        if not goes_on:
            break
    return end, bits, b"".join(pieces[:kept]) if end > begin else b""


def _bits(unit: _Unit) -> float:
    """Return how much one character of the unit says, letters and digits taken as 64 signs."""
    assert unit.chars is not None  # noqa: S101 - for the type checker; opaque units have no bits
    return max(0.0, 6.0 - log2(len(unit.chars))) if unit.chars else 0.0


def _write(unit: _Unit, low: int, high: float) -> bytes:
    """Write a set of characters and its repetition in Hyperscan's syntax."""
    assert unit.chars is not None  # noqa: S101 - for the type checker
    chars = set(unit.chars)
    if unit.fold:
        chars |= {ord(chr(c).swapcase()) for c in chars}
    piece = b"[" + b"".join(b"\\x%02x" % c for c in sorted(chars)) + b"]"
    if low == high == 1:
        return piece
    if high == inf:
        return piece + (b"*" if low == 0 else b"{%d,}" % low)
    return piece + (b"{%d}" % low if low == high else b"{%d,%d}" % (low, int(high)))


def _chars(op: Any, value: Any) -> frozenset[int] | None:
    """Return the ASCII characters a single-character item matches, or None where it matches others too."""
    if op is sre.LITERAL:
        return frozenset((value,)) if value < 128 else None
    if op is not sre.IN:
        return None
    chars: set[int] = set()
    for kind, what in value:
        if kind is sre.LITERAL and what < 128:
            chars.add(what)
        elif kind is sre.RANGE and what[1] < 128:
            chars.update(range(what[0], what[1] + 1))
        elif kind is sre.CATEGORY and what in _CATEGORIES:
            chars |= _CATEGORIES[what]
        else:
            return None
    return frozenset(chars)


def _guarded(parsed: Any) -> bool:
    """Tell whether a match cannot begin inside a run of digits."""
    items = list(parsed)
    while items and items[0][0] is sre.SUBPATTERN:
        items = [*items[0][1][3], *items[1:]]
    if not items:
        return False
    op, value = items[0]
    if op is sre.AT:
        return value is sre.AT_BOUNDARY
    if op is sre.BRANCH:
        return all(_guards(list(option)) for option in value[1])
    return _guards(items[:1])


def _guards(option: list[Any]) -> bool:
    """Tell whether one way to begin a match is the text's start or one character that is no digit."""
    if len(option) != 1:
        return False
    op, value = option[0]
    if op is sre.AT:
        return value is sre.AT_BEGINNING or value is sre.AT_BOUNDARY
    if op is sre.IN and value[0][0] is sre.NEGATE:
        denied = _chars(sre.IN, value[1:])
        return denied is not None and denied >= DIGITS
    chars = _chars(op, value)
    return chars is not None and not chars & DIGITS


def _forms(items: Iterable[Any]) -> list[str]:
    """Return the pattern's shortest forms: d for a digit, s for a separator or nothing, x for anything else.

    An empty list means that there are too many of them.
    """
    forms = [""]
    for op, value in items:
        if op is sre.SUBPATTERN:
            tails = _forms(value[3])
        elif op is sre.BRANCH:
            tails = [form for option in value[1] for form in _forms(option)]
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            tails = _repeated(*value)
        elif op is sre.AT:
            tails = [""]
        else:
            chars = _chars(op, value)
            tails = ["x" if not chars else "d" if chars <= DIGITS else "s" if chars <= SEPARATORS else "x"]
        forms = sorted({head + tail for head in forms for tail in tails})
        if not 0 < len(forms) <= 64:
            return []
    return forms


def _repeated(low: int, high: Any, inner: Any) -> list[str]:
    """Return the forms of a repetition; what may come on top is added where it could part two digits."""
    forms = _forms(inner)
    if low > 64:
        low = 64
    must = reduce(lambda heads, _: sorted({h + f for h in heads for f in forms})[:65], range(low), [""])
    if len(must) > 64:
        return []
    if high == low or all(set(form) <= {"d"} for form in forms):
        return must
    if all(form == "s" for form in forms) and high == 1:
        return [form + "s" for form in must]
    joined = all(set(form) <= {"s", "d"} and form.startswith("s") and form.endswith("d") for form in forms)
    return [form + ("s" if joined else "x") for form in must]


def _has_run(form: str) -> bool:
    """Tell whether five digits follow each other with at most two separators between any two."""
    digits = gap = 0
    for sign in form:
        if sign == "d":
            digits, gap = digits + 1, 0
        elif sign == "s" and gap < 2:
            gap += 1
        else:
            digits = gap = 0
        if digits == 5:
            return True
    return False
