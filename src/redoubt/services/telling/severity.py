"""How much an entry matters to those who watch."""

from redoubt.domain.evidence import Entry
from redoubt.domain.telling import Severity

GRAVE = ("attack", "secret", "leak")
"""First words of categories whose refusal should be seen soon: somebody tries something, or something secret was on its way out."""


def severity(entry: Entry) -> Severity:
    """Rate ``entry`` by what was decided, about what, and whether a detector could not answer."""
    if entry.decision == "deny":
        found = {record.finding.category.partition(".")[0] for record in entry.findings}
        return Severity.HIGH if found.intersection(GRAVE) else Severity.MEDIUM
    if entry.decision == "hold" or entry.errors:
        return Severity.MEDIUM
    return Severity.LOW if entry.findings else Severity.INFORMATIONAL
