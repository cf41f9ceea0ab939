"""Whether an answer keeps to the topics it is there for (``topic.denied``, ``topic.off``), by the likeness of sentences."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.effects.sentences import sentences

Vectors = NDArray[np.float32]

DENIED = "topic.denied"
OFF = "topic.off"
LEAST_WORDS = 6
"""A passage with fewer words ("You're welcome!") has no topic."""
PASSAGE = 400
"""Characters that are compared at once: whole sentences, as many as fit."""
MOST_PASSAGES = 64
"""Passages of one text that are compared; of a longer one they are taken at even distances."""


class Embedder(Protocol):
    """Turns texts into directions of meaning. The port behind which the guard encoder's output ``topic`` stands."""

    @property
    def id(self) -> str:
        """Changes with the weights: part of the detector's version."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text, in their order.

        Texts are of any length; what does not fit is cut off. Raises what scan takes for a failure where it cannot answer.
        """


class TopicDetector:
    """Compares what is said with plain sentences that name what may, and what may not, be talked about."""

    id = "topics"
    unit = Unit.SENTENCE
    slow = True

    def __init__(
        self, embedder: Embedder, allow: Sequence[str] = (), deny: Sequence[str] = (), threshold: float = 0.5
    ) -> None:
        """``threshold``: the cosine from which on a passage is about a topic."""
        self._embedder = embedder
        self._allow, self._deny = tuple(allow), tuple(deny)
        self._threshold = threshold
        self._topics = embedder.embed([*self._allow, *self._deny]) if allow or deny else None
        self.version = "\n".join(("1", embedder.id, str(threshold), *self._allow, "", *self._deny))

    def detect(self, segment: Segment) -> tuple[Finding, ...]:
        """Return the passages about denied topics, and those about none of the allowed ones, in order."""
        spoken = segment.trust is Trust.MODEL and segment.role is Role.ASSISTANT
        asked = segment.trust is Trust.USER and segment.role is Role.USER
        if self._topics is None or not (spoken or asked):
            return ()
        spans = list(_passages(segment.text))
        if not spans:
            return ()
        likeness = self._embedder.embed([segment.text[start:end] for start, end in spans]) @ self._topics.T
        return tuple(self._findings(spans, likeness))

    def _findings(self, spans: list[tuple[int, int]], likeness: Vectors) -> Iterator[Finding]:
        allowed = len(self._allow)
        for (start, end), row in zip(spans, likeness, strict=True):
            near = float(row[:allowed].max(initial=-1.0))
            banned = float(row[allowed:].max(initial=-1.0))
            if banned >= self._threshold and banned >= near:
                yield Finding(DENIED, "topic-denied", start, end, self._sure(banned - self._threshold))
            elif allowed and near < self._threshold:
                yield Finding(OFF, "topic-off", start, end, self._sure(self._threshold - near))

    def _sure(self, distance: float) -> float:
        """Return a confidence from the distance to the threshold: a half at it, one where it is as far again."""
        return min(1.0, 0.5 + 0.5 * distance / max(self._threshold, 0.01))


def _passages(text: str) -> Iterator[tuple[int, int]]:
    """Yield spans of whole sentences that are long enough to be about something."""
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if spans and end - spans[-1][0] <= PASSAGE:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    told = [span for span in spans if len(text[slice(*span)].split()) >= LEAST_WORDS]
    step = -(-len(told) // MOST_PASSAGES)
    yield from told[:: max(1, step)]
