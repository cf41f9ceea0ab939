"""What one conversation holds, by kind and by who wrote it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from redoubt.domain.conversation import Conversation
from redoubt.domain.decision import Action
from redoubt.domain.document import Piece
from redoubt.domain.errors import InputError
from redoubt.domain.finding import judges
from redoubt.engine.detect.interface import Detector
from redoubt.engine.policy.model import Policy
from redoubt.pipeline.survey import Survey
from redoubt.surfaces.cli.samples import sample

BLOCK, OVERLAP = 256 * 1024, 18 * 1024
_SAMPLES = 8
_SEVERITIES = {Action.FLAG: "low", Action.PSEUDONYMISE: "medium"}
"""What policy only flags is low, what it would give a pseudonym is medium, all that is stricter is high."""
_ORDER = ("low", "medium", "high")


@dataclass(slots=True)
class ChatFinding:
    """The findings of one conversation. It holds no value in clear, not in its title either."""

    id: str
    title: str
    at: float | None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By (category, who wrote it)."""
    severities: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[str, str]] = field(default_factory=list)
    """(category, masked value), some of each kind."""
    uninspected: int = 0
    """Texts that no detector could inspect."""

    @property
    def total(self) -> int:
        """How many findings there are."""
        return sum(self.counts.values())

    @property
    def severity(self) -> str:
        """The worst of them."""
        return next((level for level in reversed(_ORDER) if self.severities[level]), "unknown")

    def rank(self) -> tuple[int, ...]:
        """Sort key: the more of the worst, the greater."""
        return tuple(self.severities[level] for level in reversed(_ORDER))

    def what(self) -> str:
        """Return the kinds with their counts by user, assistant and others."""
        kinds = sorted({category for category, _ in self.counts})
        texts = []
        for kind in kinds:
            user, assistant = self.counts[kind, "user"], self.counts[kind, "assistant"]
            rest = sum(n for (category, _), n in self.counts.items() if category == kind) - user - assistant
            texts.append(f"{kind} {user}/{assistant}/{rest}")
        if self.uninspected:
            texts.append(f"{self.uninspected} not inspected")
        return ", ".join(texts)

    def as_json(self) -> dict[str, Any]:
        """Return the members as JSON has them."""
        categories: dict[str, dict[str, int]] = {}
        for (category, who), number in sorted(self.counts.items()):
            categories.setdefault(category, {})[who] = number
        return {
            "id": self.id,
            "title": self.title,
            "at": self.at,
            "severity": self.severity,
            "findings": self.total,
            "categories": categories,
            "not_inspected": self.uninspected,
        }


class Auditor:
    """Inspects conversations."""

    def __init__(self, detectors: Sequence[Detector], policy: Policy, *, least: float) -> None:
        self._survey = Survey(detectors, policy, least=least)

    def audit(self, conversation: Conversation) -> ChatFinding:
        """Return what a conversation holds."""
        found = ChatFinding(conversation.id, self._masked(conversation.title), conversation.at)
        shown: Counter[str] = Counter()
        for turn in conversation.turns:
            seen_to = 0
            for piece in _pieces(turn.text):
                try:
                    for sighting in self._survey.sightings(piece, seen_to):
                        seen_to = sighting.seen_to(seen_to)
                        category = sighting.finding.category
                        found.counts[category, turn.who] += 1
                        found.severities[_SEVERITIES.get(Action[sighting.action.upper()], "high")] += 1
                        shown[category] += 1
                        if shown[category] <= _SAMPLES:
                            found.samples.append((category, sample(category, sighting.value)))
                except InputError:
                    found.uninspected += 1
        return found

    def _masked(self, title: str) -> str:
        try:
            sightings = list(self._survey.sightings(Piece(title, "title")))
        except InputError:
            return "(a title that could not be inspected)"
        for sighting in reversed([s for s in sightings if not judges(s.finding.category)]):
            at = sighting.finding
            title = title[: at.start] + sample(at.category, sighting.value) + title[at.end :]
        return title


def _pieces(text: str) -> list[Piece]:
    """Cut a very long turn into overlapping pieces."""
    if len(text) <= BLOCK + OVERLAP:
        return [Piece(text, "turn")]
    starts = range(0, len(text), BLOCK)
    return [
        Piece(
            text[start : start + BLOCK + OVERLAP],
            "turn",
            start,
            tail=max(0, min(OVERLAP, len(text) - start - BLOCK)),
        )
        for start in starts
    ]
