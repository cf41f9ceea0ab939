"""Every kind of thing Redoubt speaks of, in one place, with the public catalogues' ids beside it.

A category is dotted; a policy matches by prefix, so ``secret`` means all its kinds. A detection rule's category is one of these or lies
beneath one. Sources of the ids: OWASP Top 10 for LLM Applications, editions 2025 and 2026 (the numbers moved between them); MITRE ATLAS
2026.07; NIST AI 600-1, section 2 (risks unique to or exacerbated by generative AI).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of finding and where the public catalogues speak of it."""

    id: str
    meaning: str
    owasp_2025: tuple[str, ...] = ()
    owasp_2026: tuple[str, ...] = ()
    atlas: tuple[str, ...] = ()
    nist_600_1: tuple[str, ...] = ()


def _disclosure(id: str, meaning: str) -> Category:
    """Return a category of what must not be disclosed."""
    return Category(id, meaning, ("LLM02:2025",), ("LLM02:2026",), ("AML.T0057",), ("2.4",))


def _credential(id: str, meaning: str) -> Category:
    """Return a category of what opens a door."""
    return Category(id, meaning, ("LLM02:2025",), ("LLM02:2026",), ("AML.T0057", "AML.T0055"), ("2.4", "2.9"))


def _harm(id: str, meaning: str, *risks: str) -> Category:
    return Category(id, meaning, ("LLM05:2025",), ("LLM10:2026",), (), risks)


def _commitment(id: str, meaning: str) -> Category:
    """Return a category of what is said in the operator's name without its will."""
    return Category(id, meaning, ("LLM09:2025", "LLM06:2025"), (), ("AML.T0048",), ("2.2", "2.8"))


def _topic(id: str, meaning: str) -> Category:
    return Category(id, meaning, ("LLM09:2025",), (), (), ("2.8",))


TAXONOMY: tuple[Category, ...] = (
    _credential(
        "secret", "Credentials: keys, tokens, passwords, connection strings; each vendor's kind beneath it."
    ),
    _credential("secret.aws_access_key", "AWS access key id."),
    _credential("secret.private_key", "Private key of any kind (PEM, OpenSSH, PGP, ...)."),
    _disclosure(
        "pii", "Personal data: what identifies a person; national numbers are ``pii.<country>_<name>``."
    ),
    _disclosure("pii.person", "A person's name."),
    _disclosure("pii.email", "E-mail address."),
    _disclosure("pii.phone", "Telephone number."),
    _disclosure("pii.address", "Postal address."),
    _disclosure("pii.date_of_birth", "Date of birth."),
    _disclosure("pii.ip", "IP address."),
    _disclosure("pii.us_ssn", "United States social security number."),
    _disclosure("pii.passport", "Passport number."),
    _disclosure("pii.driving_licence", "Driving licence number."),
    _disclosure("pii.username", "Name of a person's account."),
    _disclosure("pii.location", "Place: a city, a region, a country."),
    _disclosure("pii.organisation", "Company, authority, association."),
    _disclosure("finance", "Financial data."),
    _disclosure("finance.card", "Payment card number (ISO/IEC 7812)."),
    _disclosure("finance.iban", "International bank account number (ISO 13616)."),
    _disclosure("health", "Health data: record, insurance and provider numbers."),
    Category(
        "attack",
        "An attempt to misuse the model.",
        ("LLM01:2025",),
        ("LLM01:2026",),
        ("AML.T0051",),
        ("2.9",),
    ),
    Category(
        "attack.injection",
        "Orders from somebody who has no business giving them.",
        ("LLM01:2025",),
        ("LLM01:2026",),
        ("AML.T0051",),
        ("2.9",),
    ),
    Category(
        "attack.jailbreak",
        "An attempt to talk the model out of its rules.",
        ("LLM01:2025",),
        ("LLM01:2026",),
        ("AML.T0054",),
        ("2.9",),
    ),
    Category(
        "attack.extraction",
        "An attempt to make the model tell its instructions, its data or what it was trained on.",
        ("LLM01:2025", "LLM07:2025"),
        ("LLM01:2026", "LLM08:2026"),
        ("AML.T0051", "AML.T0056"),
        ("2.9",),
    ),
    Category(
        "attack.tool_abuse",
        "An attempt to make the model misuse its tools.",
        ("LLM01:2025", "LLM06:2025"),
        ("LLM01:2026",),
        ("AML.T0051", "AML.T0053"),
        ("2.9",),
    ),
    _harm("harm", "Content that hurts.", "2.3", "2.11"),
    _harm("harm.toxicity", "Insults, threats, hatred: rudeness of any kind.", "2.3", "2.11"),
    _harm("harm.hate", "Hatred of people for what they are.", "2.3", "2.11"),
    _harm("harm.harassment", "Attacks on one person.", "2.3", "2.11"),
    _harm("harm.threat", "Threats of violence or of other evil.", "2.3", "2.11"),
    _harm("harm.sexual", "Sexual content.", "2.11"),
    _harm("harm.self_harm", "Suicide and self-injury.", "2.3"),
    _harm("harm.violence", "Violence, and how to do it.", "2.3"),
    _harm("harm.illicit", "Help with crimes, weapons, drugs.", "2.1", "2.3"),
    _harm("harm.profanity", "Swear words.", "2.11"),
    Category(
        "leak",
        "Something of the operator's, or of another user's, on its way out.",
        ("LLM02:2025",),
        ("LLM02:2026",),
        ("AML.T0057",),
        ("2.9",),
    ),
    Category(
        "leak.system_prompt",
        "The operator's instructions repeated to the user.",
        ("LLM07:2025",),
        ("LLM08:2026",),
        ("AML.T0056",),
        ("2.9",),
    ),
    Category(
        "leak.exfiltration",
        "A link or image that carries data of the conversation to somebody else's host.",
        ("LLM02:2025", "LLM05:2025"),
        ("LLM02:2026", "LLM10:2026"),
        ("AML.T0057", "AML.T0077"),
        ("2.4", "2.9"),
    ),
    Category(
        "leak.canary",
        "A marker in the operator's instructions that turned up in an answer.",
        ("LLM07:2025",),
        ("LLM08:2026",),
        ("AML.T0056",),
        ("2.9",),
    ),
    _disclosure("leak.other_person", "A value that only other callers ever wrote."),
    Category("code", "Code.", ("LLM05:2025",), ("LLM10:2026",), (), ("2.9",)),
    Category(
        "code.malicious", "Code that does harm when run.", ("LLM05:2025",), ("LLM10:2026",), (), ("2.9",)
    ),
    Category(
        "code.active",
        "Content that does something once it is shown, opened or pasted: scripts, handlers, formulas, terminal escapes.",
        ("LLM05:2025",),
        ("LLM10:2026",),
        ("AML.T0077",),
        ("2.9",),
    ),
    _commitment("commitment", "A promise by which an assistant would bind its company."),
    _commitment("commitment.price", "A price, promised or frozen."),
    _commitment("commitment.refund", "A refund, compensation or claim, granted."),
    _commitment("commitment.discount", "A discount or an upgrade, granted."),
    _commitment("commitment.legal", "A guarantee, an assumed liability, a binding offer."),
    _commitment("commitment.delivery", "A date of delivery or a replacement, promised."),
    _topic("topic", "What is talked about."),
    _topic("topic.denied", "A topic that policy denies."),
    _topic("topic.off", "None of the topics that policy allows."),
)


GROUPS: dict[str, tuple[str, ...]] = {
    "identity_number": ("pii.[a-z][a-z]_*", "pii.emso", "pii.passport", "pii.driving_licence"),
}
"""Sets of categories that a policy may name with an ``@``, as globs.

``identity_number``: state-issued numbers by which a person can be impersonated; those of one country carry its code (ISO 3166-1).
"""
