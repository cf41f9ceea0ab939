"""Gives values their pseudonyms.

A pseudonym is derived from the session's key and the value, so it is the same in every request of the session without any store; what is
stored (by the vault, for named sessions) only serves to turn it back. See docs/design/004-pseudonyms.md.
"""

import re
from collections.abc import Iterable
from typing import Literal

from redoubt.domain.pseudonym import Alias
from redoubt.engine.redact.canonical import canonical
from redoubt.engine.redact.draws import ALPHABET, Draws
from redoubt.engine.redact.surrogates import surrogate
from redoubt.engine.redact.words import Spelling, Vocabulary, is_name, spell

Style = Literal["token", "surrogate"]

_TRIES = 32
_UNSAFE = re.compile(r"[^A-Z0-9]+")


class Pseudonymiser:
    """The pseudonyms of one exchange. Made anew for each; not shared between threads."""

    def __init__(
        self,
        key: bytes,
        style: Style = "token",
        *,
        known: Iterable[Alias] = (),
        taken: Iterable[str] = (),
    ) -> None:
        """Take the session's secret key, the aliases the session has already, and every text of the exchange as it came in.

        A pseudonym that somebody wrote into ``taken``, in any way `Restorer` would read it, is retired for this exchange: it is
        neither issued nor restored, and its value gets another.
        """
        self._key = key
        self._style = style
        self._words = Vocabulary(taken)
        self._aliases: dict[tuple[str, str], Alias] = {}
        self._first: dict[tuple[str, str], Alias] = {}
        self._writings: dict[str, int] = {}
        self._used: set[tuple[str, ...]] = set()
        self._values: set[str] = set()
        self._issued: list[Alias] = []
        for alias in known:
            spelling = spell(alias.pseudonym)
            if not self._is_taken(spelling, alias):
                self._remember(alias, spelling)

    def pseudonym(self, category: str, value: str) -> str:
        """Return what stands for ``value`` in this session: always the same for the same category and value.

        Each writing of a value ("Ann@x.example", "ann@x.example") has a pseudonym of its own, so that turning back gives what was
        written; as tokens they share all but a last letter, so that a model can tell that they are the same.
        """
        alias = self._aliases.get((category, value))
        if alias is None:
            alias = self._new(category, value)
            self._issued.append(alias)
        return alias.pseudonym

    def issued(self) -> tuple[Alias, ...]:
        """Return the aliases made in this exchange, oldest first: those that a vault must save."""
        return tuple(self._issued)

    def aliases(self) -> tuple[Alias, ...]:
        """Return all aliases that may be turned back in this exchange: known and new ones, without those retired."""
        return tuple(self._aliases.values())

    def _new(self, category: str, value: str) -> Alias:
        same = (category, canonical(category, value))
        first = self._first.get(same)
        if self._style == "surrogate":
            alias = self._surrogate(category, value)
            if alias is not None:
                return alias
        elif first is not None:
            alias = self._other_writing(first, value)
            if alias is not None:
                return alias
        attempt = 0
        while True:  # ends: each turn draws 35 fresh bits, and the words of the exchange are finite
            nonce = Draws(self._key, f"token\0{attempt}\0{category}\0{same[1]}").nonce()
            alias = Alias(f"{_label(category)}_{nonce}", value, category)
            spelling = spell(alias.pseudonym)
            if self._is_free(spelling, alias):
                return self._remember(alias, spelling)
            attempt += 1

    def _other_writing(self, first: Alias, value: str) -> Alias | None:
        """Return the token of another writing: that of the first, with letters added."""
        count = self._writings.get(first.pseudonym, 0)
        for number in range(count + 1, count + 1 + _TRIES):
            alias = Alias(first.pseudonym + _letters(number), value, first.category)
            spelling = spell(alias.pseudonym)
            if self._is_free(spelling, alias):
                self._writings[first.pseudonym] = number
                return self._remember(alias, spelling)
        return None

    def _surrogate(self, category: str, value: str) -> Alias | None:
        for attempt in range(_TRIES):
            text = surrogate(category, value, Draws(self._key, f"surrogate\0{attempt}\0{category}\0{value}"))
            if text is None:
                return None
            alias = Alias(text, value, category)
            spelling = spell(text)
            if spelling.words and self._is_free(spelling, alias):
                return self._remember(alias, spelling)
        return None

    def _remember(self, alias: Alias, spelling: Spelling) -> Alias:
        self._aliases[alias.category, alias.value] = alias
        self._first.setdefault((alias.category, canonical(alias.category, alias.value)), alias)
        self._used.update(_forms(spelling, alias))
        self._values.add(alias.value.casefold())
        return alias

    def _is_free(self, spelling: Spelling, alias: Alias) -> bool:
        if (
            alias.pseudonym == alias.value
            or alias.pseudonym.casefold() in self._values
            or self._is_taken(spelling, alias)
        ):
            return False
        return self._used.isdisjoint(_forms(spelling, alias))

    def _is_taken(self, spelling: Spelling, alias: Alias) -> bool:
        """Tell whether the pseudonym, or what of it would be turned back alone, may stand in the texts that came in.

        A person's made-up name is taken where either half is; anything else where all of its words are.
        """
        return any(self._words.has(form) for form in _forms(spelling, alias))


def _forms(spelling: Spelling, alias: Alias) -> tuple[tuple[str, ...], ...]:
    """Return the ways the words may stand: as written, and run together; for a person's name each half alone."""
    if is_name(alias):
        return spelling.words, *((word,) for word in spelling.words)
    return spelling.words, ("".join(spelling.words),)


def _label(category: str) -> str:
    """Return the word for a category that opens its tokens.

    >>> _label("pii.email"), _label("pii.us_ssn"), _label("")
    ('EMAIL', 'US_SSN', 'VALUE')
    """
    return _UNSAFE.sub("_", category.rpartition(".")[2].upper()).strip("_") or "VALUE"


def _letters(number: int) -> str:
    """Return ``number`` (from 1) in the alphabet's 22 letters: one letter up to 22, then two, ..."""
    letters = ALPHABET[10:]
    text = ""
    while number:
        number, digit = divmod(number - 1, len(letters))
        text = letters[digit] + text
    return text
