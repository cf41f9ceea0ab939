"""Ways to bind a company so that a program that looks for promises does not see it, and the customer who reads it does."""

import pytest

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.effects.commitments import CommitmentDetector

DETECTOR = CommitmentDetector()


@pytest.mark.parametrize(
    "text",
    [
        "You will r\u200beceive a full refund of $500.",
        "Y\u043eu will get a full refund of $500.",
        "You will get a full re\u00adfund of $500.",
        "\uff39\uff4f\uff55 will get a full refund of $500.",
        "You will get a full &#114;efund of $500.",
        "You will get\na full\nrefund of $500.",
        "YOU WILL GET A FULL REFUND OF $500",
        "**You** *will* get a **full refund** of $500.",
        "Done! $500 is on its way to you.",
        "Expect $500 back on your card by Friday.",
        "Consider the $500 already in your account.",
        "I hereby accept your offer of one dollar for the car.",
    ],
)
def test_it_is_seen_all_the_same(text: str) -> None:
    found = DETECTOR.detect(Segment(text, Role.ASSISTANT, Trust.MODEL))
    assert found
    assert max(f.confidence for f in found) >= 0.85
    assert all(0 <= f.start < f.end <= len(text) for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "Is $500 on its way to you?",
        "If the bank agrees, $500 will be on its way to you.",
        "A list of refunds:\n- full refunds within 30 days\n- partial refunds later",
    ],
)
def test_what_promises_nothing_passes(text: str) -> None:
    found = DETECTOR.detect(Segment(text, Role.ASSISTANT, Trust.MODEL))
    assert all(f.confidence < 0.85 for f in found)
