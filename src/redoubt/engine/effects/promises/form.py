"""What a promise is made of: an actor, a verb that binds, and what is promised; and what takes it back.

Gaps between the parts are bounded, so that no sentence costs more than its length. Every sentence is folded before it is compared:
lower case, straight quotes, one blank between words. In a pattern ``<GAP>`` is a few words, ``<FAR>`` some more, ``<SUM>`` an amount of
money and ``<PCT>`` a share.
"""

import re
from dataclasses import dataclass

_GAP = r"[^.;!?]{0,40}?"
_FAR = r"[^.;!?]{0,80}?"
_SUM = (
    r"(?:(?:us|a|c)?\$ ?\d[\d.,']{0,12}|[€£¥] ?\d[\d.,']{0,12}|(?:eur|usd|gbp|chf) ?\d[\d.,']{0,12}"
    r"|\d[\d.,']{0,12} ?(?:€|\$|£|(?:euros?|dollars?|usd|eur|pounds?|gbp|chf|francs?|franken)\b)"
    r"|\b(?:a|one|two|five|ten|twenty|fifty|a hundred|one hundred) (?:dollars?|euros?|pounds?|bucks?|cents?)\b)"
)
_PERCENT = r"\d{1,3} ?(?:%|percent|prozent|pour ?cent|por ciento|per ?cento|procent)"


@dataclass(frozen=True, slots=True)
class Form:
    """One way to promise one kind of thing."""

    kind: str
    """The last word of the category ``commitment.<kind>``."""
    pattern: re.Pattern[str]
    confidence: float
    """Of the form alone."""
    denies: bool = False
    """Whether a denial is part of what is promised."""


def form(kind: str, confidence: float, pattern: str, *, denies: bool = False) -> Form:
    """Compile a form, with the names of its gaps and amounts spelled out."""
    for name, part in (("GAP", _GAP), ("FAR", _FAR), ("SUM", _SUM), ("PCT", _PERCENT)):
        pattern = pattern.replace(f"<{name}>", part)
    return Form(kind, re.compile(pattern), confidence, denies)


@dataclass(frozen=True, slots=True)
class Language:
    """How promises are made in one language, and how they are taken back."""

    cue: re.Pattern[str]
    """Words of which every form holds one."""
    forms: tuple[Form, ...]
    doubts: re.Pattern[str]
    """A condition, a maybe, a story, a denial that may follow the verb: with one of these nothing is promised."""
    denied: re.Pattern[str] | None = None
    """A denial that stands in front of what it denies: behind it, it is about something else ("guarantee that it is never lost")."""


_QUESTION = re.compile(r"\?")
LATER = re.compile(r"\b(?:once|after|when|until|as soon as|as long as)\b")
"""The promise waits for something: it is made all the same, and its words may explain a procedure."""
CITED = re.compile(
    r"\b(?:according to|under|per|as stated in|pursuant to|laut|gemäß|selon|según|secondo|volgens)\b[^.;!?]{0,25}"
    r"\b(?:polic(?:y|ies)|terms|conditions|contract|law|regulations?|warranty|bedingungen|richtlinien?|agb|gesetz"
    r"|politique|conditions|política|condiciones|ley|condizioni|legge|voorwaarden|beleid|wet)\b"
)
"""The promise is put as somebody's rule: it may be quoted rightly, and it binds where it is not."""


def promised(form: Form, language: Language, sentence: str) -> bool:
    """Tell whether a folded sentence has the form and means it: no question, no condition, no maybe, no denial."""
    found = form.pattern.search(sentence)
    if found is None or _QUESTION.search(sentence) or language.doubts.search(sentence):
        return False
    return language.denied is None or not language.denied.search(
        sentence, 0, found.start() if form.denies else found.end()
    )
