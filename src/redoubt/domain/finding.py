"""What a detector reports."""

from dataclasses import dataclass

PLAIN = "plain"
"""Name of the view that is the text as it was written."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a detector saw. It points at the text; it never carries it."""

    category: str
    """Dotted, from the taxonomy, e.g. ``finance.card``."""
    rule: str
    """Id of the rule or model head that saw it, e.g. ``card-visa``."""
    start: int
    """First code point of the original text that belongs to it."""
    end: int
    """One past its last code point."""
    confidence: float = 1.0
    """0..1: how sure the rule is that this is what the category says."""
    view: str = PLAIN
    """The normal form it was seen in, e.g. ``plain``, ``invisible``, ``base64``, ``url+base64``."""
    false_alarm: float | None = None
    """0..1: the share of ordinary texts of its zone and length that score as high; None where that was not measured: a rule found it, or
    it is a name."""
    inferred: bool = False
    """True where a model read a value from the words around it: it gives way to what a rule recognised in its place."""


def under(category: str, prefix: str) -> bool:
    """Tell whether ``category`` is ``prefix`` or lies beneath it.

    >>> under("pii.email", "pii"), under("pii.email", "pii.email"), under("piix.email", "pii"), under("pii", "")
    (True, True, False, True)
    """
    return not prefix or category == prefix or category.startswith(prefix + ".")


JUDGEMENTS = ("attack", "code", "commitment", "harm", "leak", "topic")
"""Categories that are said of a whole passage, whatever values stand in it."""
_DOTTED = tuple(f"{prefix}." for prefix in JUDGEMENTS)


def judges(category: str) -> bool:
    """Tell whether a finding of ``category`` judges the passage it spans, rather than pointing at a value in it.

    Judgements overlap each other, and the values that stand in the passage.

    >>> judges("harm.threat"), judges("pii.email")
    (True, False)
    """
    return f"{category}.".startswith(_DOTTED)
