"""What the one pass over a text looks for: short expressions, each of which sends its rules to look closer.

A rule's anchor is, in this order: a short part of its pattern that every match holds; its keywords; for numbers with no
other mark, the run of digits that all of them share, behind which a second database of the exact patterns decides; the
whole pattern. A rule that Hyperscan cannot run in any of these ways is tried on every text.
"""

import re
from collections.abc import Sequence
from math import inf

import hyperscan
import msgspec

from redoubt.engine.detect.context import word_expressions
from redoubt.engine.detect.literals import begins_with_letters, taken_apart
from redoubt.engine.detect.parts import ENOUGH_BITS, PLENTY_BITS, bits_of_words, necessary_part
from redoubt.engine.detect.rules import Rule
from redoubt.engine.detect.shapes import DIGIT_RUN, holds_digit_run, longest

LONGEST_NUMBER = 96
"""Characters; a longer pattern of digits is anchored by itself."""
SHORT = 40
"""Characters; a pattern without keywords that matches no more is best run whole."""
DISTINCTIVE_BITS = 18.0
"""A rule that needs a context word is anchored at its context words where its pattern offers less than this."""

_SLACK = 64
"""Characters that a context word itself may take."""

Use = tuple[int, int, int]
"""(index of the rule, most characters from a match's start to the anchor's end, most from there to the match's end).

The third is negative where the anchor is a context word: matches lie anywhere within the two, not around its end."""


class Plan(msgspec.Struct, array_like=True, frozen=True):
    """Which expressions are run, and what is done where one hits."""

    expressions: tuple[tuple[bytes, int], ...]
    """(expression, Hyperscan flags) of the pass over the whole text."""
    words: int
    """So many of them, the first ones, begin with known letters: they make up a database of their own."""
    uses: tuple[tuple[Use, ...], ...]
    """For each expression the rules that look closer; none for the run of digits, which is the last one."""
    free: tuple[int, ...]
    """The number rules that need no context word: their patterns make up a database of their own."""
    bound: tuple[int, ...]
    """The number rules that need one: likewise, asked only where a context word is near."""
    unanchored: tuple[int, ...]
    """The rules that are tried on every text."""
    widths: tuple[int, ...]
    """For each rule the most characters a match has."""
    reach: int
    """Characters around a run of digits within which the number rules' matches lie."""


def plan(rules: Sequence[Rule], *, careful: bool = False) -> Plan:
    """Choose the anchors of ``rules``.

    ``careful``: compile every anchor alone to see that Hyperscan takes it, which it hardly ever refuses.
    """
    shared: dict[tuple[bytes, int], list[Use]] = {}
    free: list[int] = []
    bound: list[int] = []
    unanchored: list[int] = []
    widths: list[int] = []
    reach = 0
    for index, rule in enumerate(rules):
        width = longest(rule.pattern)
        widths.append(_bounded(width, rule))
        if not rule.keywords and width <= LONGEST_NUMBER and _is_number(rule):
            (bound if rule.context_required else free).append(index)
            reach = max(reach, int(width))
            continue
        chosen = _anchors(rule, width, careful)
        if not chosen:
            unanchored.append(index)
        for expression, flags, before, after in chosen:
            use = (index, _bounded(before, rule), _bounded(after, rule))
            shared.setdefault((expression, flags), []).append(use)
    digits: tuple[tuple[bytes, int], ...] = (
        ((DIGIT_RUN, hyperscan.HS_FLAG_MULTILINE),) if free or bound else ()
    )
    expressions = sorted(shared, key=lambda pair: not begins_with_letters(pair[0]))
    return Plan(
        (*expressions, *digits),
        sum(begins_with_letters(expression) for expression, _ in expressions),
        tuple(tuple(shared[pair]) for pair in expressions),
        tuple(free),
        tuple(bound),
        tuple(unanchored),
        tuple(widths),
        reach,
    )


def exact_expression(rule: Rule) -> tuple[bytes, int]:
    """Return the rule's whole pattern as Hyperscan takes it. It may hit more often than RE2, never less."""
    return rule.pattern.encode(), hyperscan.HS_FLAG_MULTILINE | (
        0 if rule.pattern.isascii() else hyperscan.HS_FLAG_UTF8
    )


def _is_number(rule: Rule) -> bool:
    """Tell whether the run of digits can stand for the rule."""
    return holds_digit_run(rule.pattern) and _compiles(*exact_expression(rule))


def _anchors(rule: Rule, width: float, careful: bool) -> list[tuple[bytes, int, float, float]]:
    """Return (expression, flags, before, after) for a rule that is not found by a run of digits."""
    enough = min(bits_of_words(rule.keywords), PLENTY_BITS) if rule.keywords else ENOUGH_BITS
    part = necessary_part(rule.pattern, enough)
    if (
        rule.context_required
        and not rule.keywords
        and width < inf
        and (not part or part.bits < DISTINCTIVE_BITS)
    ):
        before, after = rule.context_window
        return [
            (word, flags, after + width + _SLACK, -before - width - _SLACK)
            for word, flags in word_expressions(rule)
        ]
    short = (
        not rule.keywords and width <= SHORT and rule.pattern.isascii() and _compiles(*exact_expression(rule))
    )
    if part and not short and not (careful and not _compiles(part.expression, 0)):
        return [(expression, 0, part.before, part.after) for expression in taken_apart(part.expression)]
    if rule.keywords:
        flags = hyperscan.HS_FLAG_CASELESS
        return [(re.escape(keyword.lower()).encode(), flags, width, width) for keyword in rule.keywords]
    expression, flags = exact_expression(rule)
    return [(expression, flags, width, width)] if _compiles(expression, flags) else []


def _bounded(width: float, rule: Rule) -> int:
    """Return the width as the matcher may use it."""
    return rule.max_length if width == inf else max(-2048, min(int(width), rule.max_length))


def _compiles(expression: bytes, flags: int) -> bool:
    """Tell whether Hyperscan can run the expression."""
    try:
        hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
            expressions=[expression], ids=[0], elements=1, flags=[flags]
        )
    except hyperscan.error:
        return False
    return True
