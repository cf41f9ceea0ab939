"""Which views a text gives, and how far they are followed.

The question, the bounds and what was refused stand in ``docs/design/003-views.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from redoubt.domain.errors import InputError
from redoubt.engine.detect.views import (
    blocks,
    columns,
    escapes,
    guesses,
    invisible,
    lookalikes,
    morse,
    spelled,
)
from redoubt.engine.detect.views.family import Family
from redoubt.engine.detect.views.origin import Edits, Origin
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.detect.views.view import Rewrite, View

MAX_DEPTH = 4
"""Notations inside each other, e.g. URL escapes in base64 in hex; escapes of escapes of one notation count once."""
MAX_VIEWS = 512
MAX_GROWTH = 8
"""All views of a text together hold at most this many times its length, and `MIN_BUDGET` code points more."""
MIN_BUDGET = 1 << 20

FAMILIES: tuple[Family, ...] = (
    *invisible.FAMILIES,
    *lookalikes.FAMILIES,
    *escapes.FAMILIES,
    *spelled.FAMILIES,
    *blocks.FAMILIES,
    *morse.FAMILIES,
    *columns.FAMILIES,
    *guesses.FAMILIES,
)
"""In the order in which they are undone where they stand side by side."""


@cache
def reasons() -> Reasons:
    """Return the reasons of all families, compiled at the first call."""
    return Reasons(FAMILIES)


_ENCODINGS = frozenset(family.name for family in blocks.FAMILIES)


@dataclass(frozen=True, slots=True)
class _Node:
    view: View
    last: Origin | None
    """Map to the text it was made from; None for the text as written."""
    depth: int
    spine: bool
    """On the one path that undoes everything, one family after the other."""


def views(text: str) -> Iterator[View]:
    """Yield the other normal forms of ``text``, never the text as written, each only where the text gives a reason.

    Any string is a legal input; time and memory are linear in it. A lone surrogate stays as it is.

    Raises:
        InputError: bytes are encoded more than `MAX_DEPTH` notations deep, or the text has more forms than the bounds
            allow. It must then be refused: not all of it was seen.

    """
    return expand(text, reasons().found(encoded(text)), reasons())


def encoded(text: str) -> bytes:
    """Return the UTF-8 of a text. A lone surrogate is no character; "?" takes its place, one code point for one."""
    return text.encode("utf-8", "replace")


def expand(text: str, found: list[Family], compiled: Reasons) -> Iterator[View]:
    """Yield what `views` does, for a text of which ``compiled`` has found the reasons."""
    seen = {(text, False)}
    budget = MAX_GROWTH * len(text) + MIN_BUDGET
    waiting = [(_Node(View("", text, False, ()), None, 0, True), found)] if found else []
    while waiting:
        batch, waiting = waiting, []
        for node, families in batch:
            for child in _children(node, families):
                # What was guessed before may be certain now, never the other way round.
                if (child.view.text, False) in seen or (child.view.text, child.view.speculative) in seen:
                    continue
                seen.add((child.view.text, child.view.speculative))
                budget -= len(child.view.text)
                if budget < 0 or len(seen) > MAX_VIEWS + 1:
                    raise InputError(
                        "the text is hidden in too many notations to be inspected; send it decoded",
                        too_large=True,
                    )
                yield child.view
                if not isinstance(child.last, Edits) or child.view.name == columns.NAME:
                    # A guess at the whole text is noise elsewhere, in which every notation turns up. And names of columns
                    # are no notation: what is hidden in a cell is seen without them.
                    continue
                if more := compiled.found(encoded(child.view.text)):
                    waiting.append((child, more))


def _children(node: _Node, families: list[Family]) -> Iterator[_Node]:
    spine = node.spine
    for family in families:
        if (family.speculative and node.view.speculative) or (family.name == columns.NAME and node.last):
            continue
        made = family.rewrite(node.view.text)
        if made is None or not made.text:
            continue
        fresh = node.last is None or _fresh(made, node.last)
        follows = spine and not family.speculative and family.name != columns.NAME
        if not (fresh or follows):
            continue
        depth = max(1, node.depth + fresh)
        if depth > MAX_DEPTH:
            if {family.name, *node.view.name.split("+")} <= _ENCODINGS:
                raise InputError(
                    f"the text is encoded more than {MAX_DEPTH} times over; send it decoded", too_large=True
                )
            continue  # notations side by side, which touch by chance: each of them was seen on a shorter way
        if follows:
            spine = False
        name = f"{node.view.name}+{family.name}" if node.view.name else family.name
        view = View(
            name,
            made.text,
            node.view.speculative or family.speculative,
            (made.origin, *node.view.origins),
        )
        yield _Node(view, made.origin, depth, follows)


def _fresh(made: Rewrite, last: Origin) -> bool:
    """Tell whether ``made`` undid anything that the step before it had written."""
    return not isinstance(made.origin, Edits) or made.origin.any_source(last.touches)
