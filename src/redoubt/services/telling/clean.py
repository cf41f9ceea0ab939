"""Values that come from callers (a model's name, an application's) made fit for formats that machines read and terminals show."""

import re

from redoubt.domain.evidence import Entry

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line and paragraph separators, marks that turn the direction of text around, lone surrogates."""
LONGEST = 256
"""Characters of a value; what is longer is cut and marked so."""
CATEGORIES = 32
"""Categories of one entry that are named; of more the number is told."""


def clean(value: str, longest: int = LONGEST) -> str:
    """Return ``value`` on one line, visible, and at most ``longest`` characters long."""
    text = _CONTROL.sub(" ", value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def categories(entry: Entry) -> tuple[str, ...]:
    """Return the categories that were found, each once, in their order."""
    return tuple(dict.fromkeys(record.finding.category for record in entry.findings))


def listed(entry: Entry) -> str:
    """Return the categories as one value."""
    found = categories(entry)
    more = f",+{len(found) - CATEGORIES}" if len(found) > CATEGORIES else ""
    return ",".join(found[:CATEGORIES]) + more
