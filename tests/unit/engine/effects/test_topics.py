"""Topics by likeness, over an embedder that knows words and nothing else."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.effects.topics import MOST_PASSAGES, TopicDetector, Vectors


class HashedWords:
    """Each word is a direction of its own: texts are alike as far as they share words."""

    id = "hashed-words"

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[crc32(word.strip(".,!?").encode()) % 512] += 1.0
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows


BANK = TopicDetector(
    HashedWords(),
    allow=["questions about accounts and cards of our bank"],
    deny=["advice about medicine and doctors"],
    threshold=0.4,
)
ON = "Questions about accounts and cards of our bank are answered here."
ILL = "Here is advice about medicine and doctors for you."
ELSEWHERE = "The dragon flew over seven mountains to find gold."


def categories(text: str, detector: TopicDetector = BANK, trust: Trust = Trust.MODEL) -> list[str]:
    role = Role.ASSISTANT if trust is Trust.MODEL else Role.USER
    return [f.category for f in detector.detect(Segment(text, role, trust))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(ON, []), (ILL, ["topic.denied"]), (ELSEWHERE, ["topic.off"]), ("You're welcome!", []), ("", [])],
)
def test_what_is_on_denied_and_off(text: str, expected: list[str]) -> None:
    assert categories(text) == expected


def test_a_user_is_held_to_the_topics_too_and_a_document_is_not() -> None:
    assert categories(ILL, trust=Trust.USER) == ["topic.denied"]
    assert not BANK.detect(Segment(ILL, Role.DOCUMENT, Trust.EXTERNAL))


def test_without_allowed_topics_nothing_is_off() -> None:
    detector = TopicDetector(HashedWords(), deny=["advice about medicine and doctors"], threshold=0.4)
    assert categories(ELSEWHERE, detector) == []
    assert categories(ILL, detector) == ["topic.denied"]


def test_without_topics_nothing_is_found() -> None:
    assert categories(ILL, TopicDetector(HashedWords())) == []


def test_the_span_is_the_passage() -> None:
    text = ON + "\n" + " ".join([ILL] * 9)
    findings = BANK.detect(Segment(text, Role.ASSISTANT, Trust.MODEL))
    assert findings
    assert all("medicine" in text[f.start : f.end] for f in findings)


def test_confidence_grows_with_the_distance() -> None:
    near = BANK.detect(Segment(ILL, Role.ASSISTANT, Trust.MODEL))[0].confidence
    exact = BANK.detect(Segment("advice about medicine and doctors today", Role.ASSISTANT, Trust.MODEL))[0]
    assert 0.5 <= near < exact.confidence <= 1.0


def test_a_long_text_costs_a_bounded_number_of_comparisons() -> None:
    assert len(categories((ELSEWHERE + " ") * 5_000)) <= MOST_PASSAGES


def test_topics_embedder_and_threshold_make_the_version() -> None:
    other = TopicDetector(HashedWords(), allow=["x"], threshold=0.4)
    assert len({BANK.version, other.version, TopicDetector(HashedWords(), allow=["x"]).version}) == 3
