"""Promises by which an assistant would bind its company (``commitment.*``): a sentence with actor, verb, and what is promised."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from unicodedata import normalize

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.detect.views import lookalikes
from redoubt.engine.effects.fences import Code
from redoubt.engine.effects.promises.form import CITED, LATER, Form, promised
from redoubt.engine.effects.promises.languages import HINT, LANGUAGES
from redoubt.engine.effects.reading import readings
from redoubt.engine.effects.sentences import sentences

CATEGORY = "commitment"
KINDS = ("price", "refund", "discount", "legal", "delivery")
"""What may be promised."""
_FIRM = re.compile(
    r"\b(?:guarantee[ds]?|definitely|in full|full refund|binding|promise|no matter what|hereby|approved|garantiert"
    r"|verbindlich|genehmigt|garanti\w*|approuvé\w*|garantizad\w*"
    r"|aprobad\w*|garantit\w*|approvat\w*|gegarandeerd|goedgekeurd)\b|\d ?[%€$£]|[€$£] ?\d"
)
_FIRMER = 0.05
"""What it adds that the promise is firm, or names a sum."""
_MILDER = 0.25
"""What it takes away that a rule is quoted, which the reader can look up, or that something must happen first."""
_WORD = re.compile(r"\w+")
_BLANK = re.compile(r"\s+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "})
_EMPHASIS = str.maketrans("", "", "*_~`")
_BETWEEN = 3
"""So many other words may stand between two words of an allowed phrase."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that a sentence which may be said holds, in order."""

    words: tuple[str, ...]

    def within(self, said: list[str]) -> bool:
        """Tell whether the words stand in ``said`` in order, at most `_BETWEEN` others between two of them."""
        return any(word == self.words[0] and self._follows(said, begin) for begin, word in enumerate(said))

    def _follows(self, said: list[str], at: int) -> bool:
        for word in self.words[1:]:
            near = said[at + 1 : at + 2 + _BETWEEN]
            if word not in near:
                return False
            at += 1 + near.index(word)
        return True


class CommitmentDetector:
    """Reads what an assistant tells its user, sentence by sentence."""

    id = "commitments"
    unit = Unit.SENTENCE
    slow = False

    def __init__(self, allow: tuple[str, ...] = (), topics: tuple[str, ...] = KINDS) -> None:
        """``allow``: phrases whose sentences may be said, compared by their words. ``topics``: the kinds that are looked for."""
        self._allow = tuple(
            _Phrase(words) for phrase in allow if (words := tuple(_WORD.findall(phrase.casefold())))
        )
        self._languages = tuple(
            replace(language, forms=tuple(form for form in language.forms if form.kind in topics))
            for language in LANGUAGES
        )
        self.version = "1 " + "|".join((*allow, "", *topics))

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return the sentences that promise something, in order."""
        if segment.trust is not Trust.MODEL or segment.role is not Role.ASSISTANT:
            return ()
        return tuple(sorted(self._findings(segment.text), key=lambda finding: finding.start))

    def _findings(self, text: str) -> Iterator[Finding]:
        seen: set[tuple[int, int]] = set()
        for reading in readings(text, *lookalikes.FAMILIES):
            for start, end, form, sure in self._promises(reading.text):
                span = reading.span(start, end)
                if span not in seen:
                    seen.add(span)
                    name = f"commitment-{form.kind}"
                    yield Finding(f"{CATEGORY}.{form.kind}", name, *span, min(1.0, sure), reading.view)

    def _promises(self, text: str) -> Iterator[tuple[int, int, Form, float]]:
        hints = [start for start, _ in HINT(text)]
        if not hints:
            return
        code = Code(text)
        for start, end in sentences(text):
            if bisect_left(hints, start) == bisect_left(hints, end) or code.holds(start):
                continue
            folded = _folded(text[start:end])
            form = self._promise(folded)
            if form is not None and not self._may_be_said(folded):
                sure = form.confidence + (_FIRMER if _FIRM.search(folded) else 0.0)
                sure -= _MILDER if CITED.search(folded) or LATER.search(folded) else 0.0
                yield start, end, form, sure

    def _promise(self, folded: str) -> Form | None:
        """Return the surest form that a sentence has, if it is meant."""
        best: Form | None = None
        for language in self._languages:
            if language.cue.search(folded):
                for form in language.forms:
                    surer = best is None or form.confidence > best.confidence
                    if surer and promised(form, language, folded):
                        best = form
        return best

    def _may_be_said(self, folded: str) -> bool:
        said = _WORD.findall(folded) if self._allow else []
        return any(phrase.within(said) for phrase in self._allow)


def _folded(sentence: str) -> str:
    plain = normalize("NFC", sentence).translate(_QUOTES).lower().translate(_EMPHASIS)
    return _BLANK.sub(" ", plain)
