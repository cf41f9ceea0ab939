"""Widens what is replaced in the middle of an encoded run, where a pseudonym would melt into the letters around it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from redoubt.domain.decision import Action, Obligation
from redoubt.domain.finding import PLAIN

_LAST_LATIN = "\u024f"


def widened(text: str, obligations: Iterable[Obligation]) -> Iterator[Obligation]:
    """Yield ``obligations``, sorted; a pseudonym for something found in base64 and the like stands for the whole run of letters.

    A pseudonym is turned back as a word: one written between other letters would never be. Linear: no run is read twice.
    """
    done = 0
    for duty in sorted(obligations, key=lambda duty: duty.finding.start):
        found = duty.finding
        start, end = found.start, found.end
        if duty.action is Action.PSEUDONYMISE and found.view != PLAIN and done <= start < end <= len(text):
            while start > done and _melts(text[start - 1]):
                start -= 1
            while end < len(text) and _melts(text[end]):
                end += 1
            duty = replace(duty, finding=replace(found, start=start, end=end))
        done = max(done, end)
        yield duty


def _melts(c: str) -> bool:
    """Tell whether ``c`` and a pseudonym beside it are one word (`redoubt.engine.redact.words.WORD`)."""
    return c <= _LAST_LATIN and c.isalnum()
