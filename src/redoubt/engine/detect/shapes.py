"""What can be told of every match of a pattern without running it: its length, and whether it holds a run of digits.

The pattern is read with the standard library's parser for regular expressions, of whose syntax RE2's is nearly a
subset. What that parser does not accept, and what is not understood here, is answered with "nothing is known": the
matcher then falls back on the rule's keywords or on the whole pattern, so a gap here costs speed and never a match.
"""

import re
from collections.abc import Iterable
from functools import reduce
from math import inf
from re import _constants as sre
from re import _parser as parser
from typing import Any, NamedTuple

ANY_WIDE = rb"[\xc2-\xf4][\x80-\xbf]{1,3}"
"""Any character beyond ASCII, in UTF-8."""
DIGITS = frozenset(range(48, 58))
SEPARATORS = frozenset(map(ord, " \t.-_/()"))
MOST_SEPARATORS = 3
DIGIT_RUN = rb"(?:^|[^0-9])[0-9](?:(?:[ \t./_()\-]|" + ANY_WIDE + rb"){0,3}[0-9]){4}"
"""Five digits, with up to three separators between any two, from the left end of a run of digits."""

_ASCII = frozenset(range(128))
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CATEGORIES = {
    sre.CATEGORY_DIGIT: DIGITS,
    sre.CATEGORY_SPACE: frozenset(b"\t\n\f\r "),
    sre.CATEGORY_WORD: _LETTERS | DIGITS | frozenset(b"_"),
}
_NEGATED = {
    sre.CATEGORY_NOT_DIGIT: sre.CATEGORY_DIGIT,
    sre.CATEGORY_NOT_SPACE: sre.CATEGORY_SPACE,
    sre.CATEGORY_NOT_WORD: sre.CATEGORY_WORD,
}
_PROPERTIES = {"L": "A-Za-z", "Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd": "0-9"}
_WIDE = "\ue000"
"""Stands for all characters beyond ASCII."""
_TOKEN = re.compile(r"\\p\{(\w+)\}|\\p([LN])|\\x\{([0-9A-Fa-f]+)\}|\\(.)|(\[\^?\]?|\])", re.DOTALL)


class Chars(NamedTuple):
    """The characters one position of a match can be: some of ASCII, and none or any beyond it."""

    ascii: frozenset[int]
    wide: bool


def tree(pattern: str) -> Any | None:
    """Parse the pattern, or return None."""
    readable = _readable(pattern)
    if readable is None:
        return None
    try:
        return parser.parse(readable)
    except (re.error, RecursionError, OverflowError):
        return None


def longest(pattern: str) -> float:
    """Return the most characters a match can have: infinite where it has no bound or it is not known."""
    parsed = tree(pattern)
    return inf if parsed is None else width_of(parsed)


def width_of(parsed: Any) -> float:
    """Return the most characters that a parsed piece matches."""
    width = parsed.getwidth()[1]
    return inf if width >= 65536 else int(width)


def holds_digit_run(pattern: str) -> bool:
    """Tell whether every match certainly holds a `DIGIT_RUN` (or touches one that began just before it)."""
    parsed = tree(pattern)
    if parsed is None or not _guarded(parsed):
        return False
    forms = _forms(parsed)
    return bool(forms) and all(_has_run(form) for form in forms)


def chars_of(op: Any, value: Any) -> Chars | None:
    """Return what a single-character item of a tree matches, or None where it is no such item."""
    if op is sre.LITERAL:
        return Chars(frozenset((value,)), False) if value < 128 else Chars(frozenset(), True)
    if op is sre.NOT_LITERAL:
        return Chars(_ASCII - {value}, True)
    if op is sre.ANY:
        return Chars(_ASCII, True)
    if op is not sre.IN:
        return None
    chars: set[int] = set()
    wide = negate = False
    for kind, what in value:
        if kind is sre.NEGATE:
            negate = True
        elif kind is sre.LITERAL:
            chars.add(what)
        elif kind is sre.RANGE:
            chars.update(range(what[0], min(what[1], 128) + 1))
        elif what in _CATEGORIES:
            chars |= _CATEGORIES[what]
        else:
            chars |= _ASCII - _CATEGORIES[_NEGATED[what]]
            wide = True
    wide = wide or negate or any(char > 127 for char in chars)
    return Chars(_ASCII - chars if negate else _ASCII & chars, wide)


def _readable(pattern: str) -> str | None:
    """Write RE2's own escapes so that the parser reads them; None where that cannot be done."""
    if "[[:" in pattern or "\\Q" in pattern or "\\C" in pattern or "\\P" in pattern or "\\z" in pattern:
        return None
    pattern = re.sub(r"(?<!\\)\\b\?", "", pattern)  # an optional boundary says nothing
    inside = False
    pieces = []
    last = 0
    for token in _TOKEN.finditer(pattern):
        pieces.append(pattern[last : token.start()])
        last = token.end()
        name, digits = token[1] or token[2], token[3]
        piece = token[0]
        if token[5]:
            if not inside and piece[0] == "[":
                inside = True
            elif inside and piece[-1] == "]":
                inside = False
        elif name:
            if name not in _PROPERTIES:
                return None
            piece = _PROPERTIES[name] + _WIDE if inside else f"[{_PROPERTIES[name]}{_WIDE}]"
        elif digits:
            code = int(digits, 16)
            piece = f"\\x{code:02x}" if code < 256 else chr(code)
        pieces.append(piece)
    return "".join([*pieces, pattern[last:]])


def _guarded(parsed: Any) -> bool:
    """Tell whether a match cannot begin inside a run of digits."""
    items = list(parsed)
    while items and items[0][0] is sre.SUBPATTERN:
        items = [*items[0][1][3], *items[1:]]
    if items and items[0][0] is sre.BRANCH:
        return all(_guarded([*option, *items[1:]]) for option in items[0][1][1])
    if not items:
        return False
    op, value = items[0]
    if op is sre.AT:
        return value is sre.AT_BOUNDARY or value is sre.AT_BEGINNING
    chars = chars_of(op, value)
    return chars is not None and not chars.ascii & DIGITS


def _forms(items: Iterable[Any]) -> list[str]:
    """Return the pattern's shortest forms: d for a digit, s for a separator or nothing, x for anything else.

    An empty list means that there are too many of them.
    """
    forms = [""]
    for op, value in items:
        if op is sre.SUBPATTERN:
            tails = _forms(value[3])
        elif op is sre.BRANCH:
            options = [_forms(option) for option in value[1]]
            tails = [form for option in options for form in option] if all(options) else []
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            tails = _repeated(*value)
        elif op is sre.AT:
            tails = [""]
        else:
            tails = [_sign(chars_of(op, value))]
        forms = sorted({_short(head + tail) for head in forms for tail in tails})
        if not 0 < len(forms) <= 64:
            return []
    return forms


def _sign(chars: Chars | None) -> str:
    """Return the sign of one position."""
    if chars is None:
        return "x"
    if chars.ascii and chars.ascii <= DIGITS and not chars.wide:
        return "d"
    return "s" if chars.ascii <= SEPARATORS else "x"


def _repeated(low: int, high: Any, inner: Any) -> list[str]:
    """Return the forms of a repetition; what may come on top is added where it could part two digits."""
    forms = _forms(inner)
    must = reduce(
        lambda heads, _: sorted({_short(h + f) for h in heads for f in forms})[:65], range(min(low, 40)), [""]
    )
    if len(must) > 64:
        return []
    if high == low or all(set(form) <= {"d"} for form in forms):
        return must
    if high is not sre.MAXREPEAT and all(set(form) <= {"s"} for form in forms):
        return [form + "s" * min(int(high) - low, MOST_SEPARATORS + 1) for form in must]
    joined = all(set(form) <= {"s", "d"} and form.startswith("s") and form.endswith("d") for form in forms)
    return [
        form + (max(forms)[: len(max(forms)) - len(max(forms).lstrip("s"))] if joined else "x")
        for form in must
    ]


def _short(form: str) -> str:
    """Cut what says nothing more: digits beyond the fifth, a second x in a row."""
    return re.sub("xx+", "x", re.sub("dddddd+", "ddddd", form))


def _has_run(form: str) -> bool:
    """Tell whether five digits follow each other with few enough separators between any two."""
    digits = gap = 0
    for sign in form:
        if sign == "d":
            digits, gap = digits + 1, 0
        elif sign == "s" and gap < MOST_SEPARATORS:
            gap += 1
        else:
            digits = gap = 0
        if digits == 5:
            return True
    return False
