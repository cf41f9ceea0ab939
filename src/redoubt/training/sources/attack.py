"""Attacks and what is none: injection_train, injection_task_drift, attacks_real, benign_hard, chat_benign_real, external_benign."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from redoubt.domain.zone import Zone
from redoubt.training.example import ORDER, Example, Head, Span

FILES = (
    "injection_train",
    "injection_task_drift",
    "attacks_real",
    "benign_hard",
    "chat_benign_real",
    "external_benign",
)
"""Names of the files in the data folder, without ``.jsonl.gz``."""

_EXTERNAL = frozenset(
    {"indirect_injection", "indirect_benign_twin", "indirect_task_drift", "email", "email_spam", "document"}
)
"""Kinds that came from outside; a row's own ``zone`` goes first."""
_KINDS = {
    "direct_injection": "injection",
    "direct_injection_hackaprompt": "injection",
    "indirect_injection": "injection",
    "indirect_task_drift": "injection",
    "jailbreak": "jailbreak",
    "jailbreak_nested_generated": "jailbreak",
    "jailbreak_roleplay_instruction": "jailbreak",
    "system_prompt_extraction": "extraction",
}
_UNCLEAR = frozenset({"embedded_instruction"})
"""Kinds whose label says that the request is unkind, not that it misuses the model."""


def examples(rows: Iterable[Mapping[str, Any]]) -> Iterator[Example]:
    """Yield what is known about each row; rows whose label is unclear are left out."""
    for row in rows:
        kind = str(row.get("kind") or "")
        if kind in _UNCLEAR:
            continue
        zone = Zone(row.get("zone") or ("external" if kind in _EXTERNAL else "user"))
        label = bool(int(row["label"]))
        text = str(row["text"])
        yield Example(
            text=text,
            head=Head.ATTACK,
            zone=zone,
            label=label,
            spans=_inserted(text, str(row.get("inserted") or "")) if zone is Zone.EXTERNAL else (),
            kind=_KINDS.get(kind, kind) if label else kind,
            lang=str(row.get("lang") or "en"),
            source=source_of(row),
        )


def source_of(row: Mapping[str, Any]) -> str:
    """Return where a row comes from, without the revision, so that whole sources can be left out."""
    source = str(row.get("source") or "")
    name, _, rest = source.partition("@")
    detail = rest.partition(" ")[2]
    if name.startswith("synthetic"):
        return f"synthetic {row.get('licence', '')}".strip()
    return f"{name} {detail}".strip()


def _inserted(text: str, inserted: str) -> tuple[Span, ...]:
    start = text.find(inserted) if inserted else -1
    return (Span(start, start + len(inserted), ORDER),) if start >= 0 else ()
