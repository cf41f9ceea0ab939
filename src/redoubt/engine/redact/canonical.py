"""When two writings are the same value."""

import unicodedata

_GROUPED = ("finance.", "pii.phone", "pii.us_ssn", "pii.national_id", "pii.tax_id")
"""Categories whose values are numbers that people group as they like."""


def canonical(category: str, value: str) -> str:
    """Return the one form that all writings of a value share: case, Unicode form and blanks never tell two values apart (secrets: they do).

    >>> canonical("finance.card", "4111 1111-1111 1111"), canonical("pii.email", "Ann@X.example")
    ('4111111111111111', 'ann@x.example')
    """
    text = unicodedata.normalize("NFKC", value)
    if category.startswith("secret."):
        return text
    if category.startswith(_GROUPED):
        return "".join(c for c in text if c.isalnum()).casefold() or text
    return " ".join(text.casefold().split())
