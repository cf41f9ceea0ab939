"""What is put in place of a value."""

import hashlib
import hmac
import re
from collections.abc import Callable

from redoubt.domain.decision import Action, Obligation
from redoubt.engine.redact.canonical import canonical

_KEPT = frozenset(" -./@:,()+_\t\n\r\u00a0\u2011\u2013")
"""Separators a partial mask leaves in place, so that the grouping can still be seen."""
_VISIBLE = 4
_HASH_DIGITS = 12
_LONG_NUMBER = re.compile(r"[0-9]{5}")
_LABEL = re.compile(r"\[(?:REDACTED:[\w.-]+|[\w.-]+:[0-9a-f]{12})\]")


def redact(category: str) -> str:
    """Return the label that stands for a value for good.

    >>> redact("finance.card")
    '[REDACTED:finance.card]'
    """
    return f"[REDACTED:{category}]"


def mask(value: str) -> str:
    """Return ``value`` with all but its last four characters starred, and never more than a third of them visible.

    Grouping stays; masking twice is masking once.

    >>> mask("4111 1111 1111 1234"), mask("hunter2"), mask("ab")
    ('**** **** **** 1234', '*****r2', '**')
    """
    places = [i for i, c in enumerate(value) if c not in _KEPT]
    if not places:
        return "*" * len(value)
    shown = min(_VISIBLE, len(places) // 3)
    hidden = set(places[: len(places) - shown])
    return "".join("*" if i in hidden else c for i, c in enumerate(value))


def keyed_hash(category: str, value: str, key: bytes) -> str:
    """Return a label with an HMAC-SHA-256 (RFC 2104) of ``value`` under ``key``, cut to 48 bits.

    Equal values of one category have equal labels, however they are grouped or cased; without the key nothing can be tried out.
    The digest is drawn again (deterministically) while it holds five digits in a row, so that no label looks like a number.
    """
    digest = hmac.new(
        key, f"{category}\0{canonical(category, value)}".encode("utf-8", "surrogatepass"), hashlib.sha256
    )
    while _LONG_NUMBER.search(short := digest.hexdigest()[:_HASH_DIGITS]):
        digest = hmac.new(key, digest.digest(), hashlib.sha256)
    return f"[{category}:{short}]"


class Methods:
    """Writes what each action asks for. It is the `replace` of `redoubt.engine.redact.apply.apply`."""

    def __init__(self, key: bytes, pseudonym: Callable[[str, str], str] | None = None) -> None:
        """Take the key of the hashes, and the source of pseudonyms (`Pseudonymiser.pseudonym`); without one, redact instead."""
        self._key = key
        self._pseudonym = pseudonym

    def __call__(self, obligation: Obligation, value: str) -> str:
        """Return what is written in place of ``value``. What is a label already stays as it is."""
        category = obligation.finding.category
        action = obligation.action
        if action is Action.FLAG or _LABEL.fullmatch(value):
            return value
        if action is Action.PSEUDONYMISE and self._pseudonym is not None:
            return self._pseudonym(category, value)
        if action is Action.MASK:
            return mask(value)
        if action is Action.HASH:
            return keyed_hash(category, value, self._key)
        return redact(category)
