r"""Entries in ArcSight's Common Event Format, version 0 (its "Implementing ArcSight Common Event Format", revision 26).

``CEF:0|vendor|product|version|event class|name|severity|extension``. In the header ``\\`` and ``|`` are escaped, in the extension ``\\``,
``=`` and line breaks; a value that could end its field early, or begin another one, cannot. Other control characters become blanks.
"""

from redoubt.domain.telling import Severity
from redoubt.services.telling.clean import clean, listed
from redoubt.services.telling.interface import Told
from redoubt.services.telling.severity import severity

_SEVERITIES = {Severity.INFORMATIONAL: 1, Severity.LOW: 3, Severity.MEDIUM: 6, Severity.HIGH: 8}
"""CEF counts from 0 to 10: 0-3 low, 4-6 medium, 7-8 high, 9-10 very high."""


def event(told: Told, product_version: str) -> str:
    """Return one event; it holds no line break."""
    entry = told.entry
    header = (
        "CEF:0",
        "Redoubt",
        "Redoubt",
        product_version,
        f"{entry.kind}:{entry.decision}",
        f"{entry.kind} {entry.decision}",
        str(_SEVERITIES[severity(entry)]),
    )
    return "|".join((header[0], *map(header_value, header[1:]), _extension(told)))


def header_value(value: str) -> str:
    """Return ``value`` as it may stand between two bars."""
    return clean(value).replace("\\", "\\\\").replace("|", "\\|")


def extension_value(value: str) -> str:
    """Return ``value`` as it may stand after an equals sign."""
    return clean(value, 1023).replace("\\", "\\\\").replace("=", "\\=")


def _extension(told: Told) -> str:
    entry = told.entry
    said: list[tuple[str, object]] = [
        ("rt", round(entry.at * 1000)),
        ("externalId", entry.exchange),
        ("cat", entry.kind),
        ("act", entry.decision),
        ("outcome", "failure" if entry.decision == "deny" else "success"),
        ("suid", entry.principal),
        ("duid", entry.subject if entry.subject != entry.principal else ""),
        ("sourceServiceName", entry.app),
        ("destinationServiceName", entry.upstream),
        ("cnt", len(entry.findings) or None),
        ("reason", "; ".join(filter(None, (entry.note, *entry.reasons)))),
        *_labelled("cs1", "model", entry.model),
        *_labelled("cs2", "policy", entry.policy),
        *_labelled("cs3", "categories", listed(entry)),
        *_labelled("cs4", "api", entry.api),
        *_labelled("cs5", "tenant", entry.tenant),
        *_labelled("cs6", "leaf", told.leaf.hex()),
        *_labelled("cn1", "index", told.index),
        *_labelled("cn2", "inputTokens", entry.input_tokens),
        *_labelled("cn3", "outputTokens", entry.output_tokens),
    ]
    return " ".join(
        f"{name}={extension_value(str(value))}" for name, value in said if value not in (None, "")
    )


def _labelled(field: str, label: str, value: object) -> tuple[tuple[str, object], ...]:
    """Return a custom field and its label, where there is a value."""
    return ((field, value), (f"{field}Label", label)) if value not in (None, "") else ()
