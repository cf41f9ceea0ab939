"""What the one pass over a text looks for: short expressions, each of which sends its rules to look closer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import hyperscan

from redoubt.engine.detect.rules import Rule


@dataclass(frozen=True, slots=True)
class Anchor:
    """One expression of the pass and the rules it stands for."""

    expression: bytes
    """In Hyperscan's syntax (a subset of PCRE)."""
    flags: int
    rules: tuple[int, ...]
    """Indices of the rules to be tried where it ends, within their `max_length` to either side."""


def anchors(rules: Sequence[Rule]) -> tuple[tuple[Anchor, ...], tuple[int, ...]]:
    """Return the anchors of ``rules`` and the rules that have none and must be tried on every text.

    A rule is anchored at its keywords, or, having none, at its own pattern where Hyperscan can run it.
    """
    shared: dict[tuple[bytes, int], list[int]] = {}
    for index, rule in enumerate(rules):
        for keyword in rule.keywords:
            shared.setdefault((re.escape(keyword.lower()).encode(), hyperscan.HS_FLAG_CASELESS), []).append(
                index
            )
    unanchored = []
    for index, rule in enumerate(rules):
        if rule.keywords:
            continue
        flags = hyperscan.HS_FLAG_MULTILINE | (0 if rule.pattern.isascii() else hyperscan.HS_FLAG_UTF8)
        if compiles(rule.pattern.encode(), flags):
            shared.setdefault((rule.pattern.encode(), flags), []).append(index)
        else:
            unanchored.append(index)
    return tuple(Anchor(e, flags, tuple(r)) for (e, flags), r in shared.items()), tuple(unanchored)


def compiles(expression: bytes, flags: int) -> bool:
    """Tell whether Hyperscan can run the expression."""
    try:
        hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
            expressions=[expression], ids=[0], elements=1, flags=[flags]
        )
    except hyperscan.error:
        return False
    return True
