"""Pseudonyms by their words: finds the longest one that begins at a word, in time that does not depend on how many there are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from redoubt.domain.pseudonym import Alias
from redoubt.engine.redact.words import GAP, WORD, Spelling, is_name, same_gap, spell

_TITLE_LIST = """
mr mrs ms miss dr prof professor herr frau mme monsieur madame sir madam senor señor señora sra sr signor signora dear hi hello
hallo bonjour
"""
_TITLES = frozenset(_TITLE_LIST.split())


@dataclass(frozen=True, slots=True)
class Ending:
    """What a path through the trie stands for."""

    alias: Alias
    value: str
    """What is put in its place: the alias's value, or, for a name alone, that part of it."""
    spelling: Spelling
    part: str = ""
    """``first`` or ``last`` where it is one name of a person alone."""


class Node:
    """A state: the words read so far."""

    __slots__ = ("after", "ending")

    def __init__(self) -> None:
        self.ending: Ending | None = None
        self.after: dict[str, list[tuple[str, Node]]] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A pseudonym in a text: from its first word to the end of its last."""

    start: int
    end: int
    ending: Ending


class Trie:
    """All pseudonyms of an exchange."""

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self.roots: dict[str, Node] = {}
        self.opening: set[str] = set()
        """Words after which more of a pseudonym may follow."""
        persons: list[tuple[Alias, Spelling]] = []
        for alias in aliases:
            spelling = spell(alias.pseudonym)
            if not spelling.words:
                continue
            ending = Ending(alias, alias.value, spelling)
            self._add(spelling.words, spelling.gaps, ending)
            if is_name(alias):
                persons.append((alias, spelling))
            elif len(spelling.words) > 1:
                self._add(("".join(spelling.words),), (), ending)
        self._add_names(persons)

    def _add(self, words: tuple[str, ...], gaps: tuple[str, ...], ending: Ending) -> None:
        node = self.roots.get(words[0])
        if node is None:
            node = self.roots[words[0]] = Node()
        for gap, word in zip(gaps, words[1:], strict=True):
            if node.after is None:
                node.after = {}
            branches = node.after.setdefault(word, [])
            following = next((n for g, n in branches if g == gap), None)
            if following is None:
                following = Node()
                branches.append((gap, following))
            node = following
        self.opening.update(words[:-1])
        if node.ending is None:
            node.ending = ending

    def _add_names(self, persons: Iterable[tuple[Alias, Spelling]]) -> None:
        """Let a first or last name alone stand for its part of the value, where only one person of the session has it."""
        named = [(a, s) for a, s in persons if len(s.words) == 2 and len(a.value.split()) >= 2]
        seen = Counter(word for _, s in named for word in s.words)
        for alias, spelling in named:
            parts = alias.value.split()
            for part, word, value in (
                ("first", spelling.words[0], parts[0]),
                ("last", spelling.words[1], parts[-1]),
            ):
                if seen[word] == 1:
                    self._add((word,), (), Ending(alias, value, spelling, part))

    def longest(self, text: str, start: int, end: int) -> Hit | None:
        """Return the longest pseudonym whose first word is ``text[start:end]``."""
        node = self.roots.get(text[start:end].casefold())
        hit: Hit | None = None
        while node is not None:
            if node.ending is not None and (
                not node.ending.part or _stands_alone(text, start, end, node.ending.part)
            ):
                hit = Hit(start, end, node.ending)
            if node.after is None:
                break
            node, end = _step(node.after, text, end)
        return hit


def _step(after: dict[str, list[tuple[str, Node]]], text: str, end: int) -> tuple[Node | None, int]:
    gap = GAP.match(text, end)
    word = WORD.match(text, gap.end()) if gap else None
    if gap is None or word is None:
        return None, end
    for wanted, node in after.get(word[0].casefold(), ()):
        if same_gap(wanted, gap[0]):
            return node, word.end()
    return None, end


def _stands_alone(text: str, start: int, end: int, part: str) -> bool:
    """Tell whether one name alone is meant: capitalised, and no other capitalised name beside it makes it another person."""
    if not text[start].isupper():
        return False
    if part == "first":
        return not (text[end : end + 1] in (" ", "-") and text[end + 1 : end + 2].isupper())
    if start < 2 or text[start - 1] not in " -":
        return True
    before = start - 1
    while before and text[before - 1].isalnum():
        before -= 1
        if start - before > 20:
            return False
    word = text[before : start - 1]
    return not word[:1].isupper() or word.casefold() in _TITLES
