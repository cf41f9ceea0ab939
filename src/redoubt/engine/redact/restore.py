"""Turns pseudonyms back: one pass, longest match, and what was put in is never looked at again."""

import html
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from redoubt.domain.exchange import Syntax
from redoubt.domain.pseudonym import Alias
from redoubt.engine.redact.apply import Edit, write
from redoubt.engine.redact.notation import JsonText, escape, literal
from redoubt.engine.redact.trie import Hit, Trie
from redoubt.engine.redact.words import WORD, escaped, starts

_FEW = 16
"""Pseudonyms for which it is cheaper to look for their first words in a text than to look at each word of the text."""


class Restorer:
    """The pseudonyms of one exchange, compiled once. Immutable afterwards.

    Forgiven: case, run-together or re-spaced words, one line break, Markdown emphasis and escapes, JSON, URL and HTML escapes
    inside, whatever stands around. Not forgiven: a changed, missing or added letter or digit. See docs/design/004-pseudonyms.md.
    """

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        self._trie = Trie(aliases)

    def __bool__(self) -> bool:
        return bool(self._trie.roots)

    @property
    def opening(self) -> frozenset[str]:
        """The case-folded words after which more of a pseudonym may follow."""
        return frozenset(self._trie.opening)

    def restore(self, text: str, syntax: Syntax = Syntax.PLAIN) -> str:
        """Return ``text`` with every pseudonym turned back, written in the notation of the place where it stands."""
        return write(text, self.edits(text, syntax)).text if self._trie.roots else text

    def matches(self, text: str, start: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the spans of the pseudonyms that begin at ``start`` or later: what a detector finds within one is no finding."""
        for hit in self._hits(text, start):
            first, last, _ = _extent(text, hit)
            yield first, last

    def edits(self, text: str, syntax: Syntax, start: int = 0, json: JsonText | None = None) -> list[Edit]:
        """Return the changes that turn back what begins at ``start`` or later. ``json``: the text as already read."""
        hits = list(self._hits(text, start))
        if not hits:
            return []
        if syntax is Syntax.JSON:
            return list(_json_edits(text, hits, json or JsonText(text)))
        return [Edit(first, last, new) for first, last, new in (_plain(text, hit) for hit in hits)]

    def _hits(self, text: str, start: int) -> Iterator[Hit]:
        roots = self._trie.roots
        if not roots or (len(roots) <= _FEW and not _may_hold(text, roots)):
            return
        position = start
        search = WORD.search
        while run := search(text, position):
            position = run.end()
            if run[0].casefold() not in roots and (not run.start() or text[run.start() - 1] not in "\\%"):
                continue
            for at in starts(text, run.start(), run.end()):
                hit = self._trie.longest(text, at, run.end())
                if hit is not None:
                    yield hit
                    position = hit.end
                    break


def _may_hold(text: str, roots: Iterable[str]) -> bool:
    """Tell whether a text may hold a pseudonym that begins with one of these words: case is folded letter by letter."""
    folded = text.casefold()
    return any(root in folded for root in roots)


def _extent(text: str, hit: Hit) -> tuple[int, int, str]:
    """Return the hit's span with its lead and trail (``+``, brackets) where they are there, and what to write.

    Where the text dropped them, the value goes without its own.
    """
    value = hit.ending.value
    start, end = hit.start, hit.end
    if hit.ending.part:
        return start, end, value
    lead, trail = hit.ending.spelling.lead, hit.ending.spelling.trail
    if lead:
        written = next((w for w in (lead, _quoted(lead)) if text.endswith(w, 0, start)), None)
        if written is not None:
            start -= len(written)
        else:
            value = value.removeprefix(lead)
    if trail:
        if text.startswith(trail, end):
            end += len(trail)
        else:
            value = value.removesuffix(trail)
    return start, end, value


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _plain(text: str, hit: Hit) -> tuple[int, int, str]:
    start, end, value = _extent(text, hit)
    around = text[start:end]
    notation = escaped(around)
    if not notation and text[max(0, start - 3) : start - 2] == "%" and escaped(text[start - 3 : start]):
        notation = "url"
    if not notation and text[end : end + 1] == "%":
        notation = escaped(text[end : end + 3])
    if notation == "url":
        value = _quoted(value)
    elif notation == "html":
        value = html.escape(value)
    return start, end, value


def _json_edits(text: str, hits: list[Hit], json: JsonText) -> Iterator[Edit]:
    done = 0
    for hit in hits:
        start, end, value = _plain(text, hit)
        if start < done:
            continue
        parts = list(json.parts(start, end))
        if len(parts) != 1:
            continue  # it runs over a quote or a comma: not one pseudonym, but two values side by side
        first, last, inside = parts[0]
        if inside:
            # Escapes at the rim that a part was widened by belong to the surroundings.
            yield Edit(start, end, escape(value))
        else:
            yield Edit(first, last, literal(text[first:start] + value + text[end:last]))
        done = end if inside else last
