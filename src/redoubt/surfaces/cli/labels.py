"""Labelled data, and what its types are called here."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redoubt.domain.errors import InputError
from redoubt.domain.finding import judges, under

_LONGEST_LINE = 64 * 1024 * 1024
_ALIASES = {
    "email_address": "pii.email",
    "phone_number": "pii.phone",
    "telephone": "pii.phone",
    "ssn": "pii.us_ssn",
    "credit_card": "finance.card",
    "credit_card_number": "finance.card",
    "card_number": "finance.card",
    "iban_code": "finance.iban",
    "ip_address": "pii.ip",
    "person": "pii.person",
    "name": "pii.person",
    "per": "pii.person",
    "location": "pii.location",
    "loc": "pii.location",
    "gpe": "pii.location",
    "city": "pii.location",
    "country": "pii.location",
    "organization": "pii.organisation",
    "organisation": "pii.organisation",
    "org": "pii.organisation",
    "company": "pii.organisation",
    "address": "pii.address",
    "street_address": "pii.address",
    "username": "pii.username",
    "dob": "pii.date_of_birth",
    "date_of_birth": "pii.date_of_birth",
    "api_key": "secret",
    "password": "secret",
    "token": "secret",
    "key": "secret",
    "secret": "secret",
}
_INCLUDES = {"pii.address": "pii.location"}
"""An address holds the names of places: who masks it has masked them."""
COLUMNS = ("kind", "source", "lang")
"""Columns by whose values texts are also counted apart."""


@dataclass(frozen=True, slots=True)
class Span:
    """What somebody marked."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Row:
    """One text of the data."""

    text: str
    spans: tuple[Span, ...]
    label: bool | None
    labels: Mapping[str, bool] = field(default_factory=dict)
    """What is known of each label of harm."""
    groups: tuple[tuple[str, str], ...] = ()
    """Column and value, of those of `COLUMNS` that the row has."""


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSONL file, plain or gzipped. Raises InputError naming the line."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            number = 0
            while line := file.readline(_LONGEST_LINE):
                number += 1
                if line.strip():
                    yield _row(line, f"{path}:{number}")
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({type(error).__name__})") from error


def _row(line: bytes, where: str) -> Row:
    try:
        raw: Any = json.loads(line)
        text = raw["text"]
        spans = tuple(Span(int(s["start"]), int(s["end"]), str(s["type"])) for s in raw.get("spans") or ())
        label = raw.get("label")
        labels = {str(name): bool(int(holds)) for name, holds in (raw.get("labels") or {}).items()}
        groups = tuple((column, str(raw[column])) for column in COLUMNS if raw.get(column))
        if not isinstance(text, str) or any(not 0 <= s.start < s.end <= len(text) for s in spans):
            raise ValueError
        return Row(text, spans, None if label is None else bool(int(label)), labels, groups)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        wanted = '{"text": ..., "spans": [{"start", "end", "type"}]} or {"text": ..., "label": 0 or 1}'
        raise InputError(f"{where}: expected {wanted}, with spans inside the text") from None


def category_of(type_: str, known: frozenset[str]) -> str:
    """Return the category that a type of the data means: itself, an alias, or one of values whose last words are the type's.

    >>> category_of("EMAIL", frozenset({"pii.email"})), category_of("SECRET_GITHUB", frozenset())
    ('pii.email', 'secret')
    >>> category_of("PERSON", frozenset({"leak.other_person", "pii.person"}))
    'pii.person'
    """
    name = type_.lower().replace("-", "_").replace(" ", "_")
    if name in known:
        return name
    if name in _ALIASES:
        return _ALIASES[name]
    if name.startswith("secret"):
        return "secret"
    for category in sorted(known):
        if category.endswith((f".{name}", f"_{name}")) and not judges(category):
            return category
    return name


def agrees(found: str, wanted: str) -> bool:
    """Tell whether a finding of category ``found`` counts for ``wanted``.

    >>> agrees("pii.address", "pii.location"), agrees("pii.location", "pii.address")
    (True, False)
    """
    return under(found, wanted) or under(wanted, found) or _INCLUDES.get(found) == wanted
