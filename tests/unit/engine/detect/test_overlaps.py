"""The one rule by which overlaps are settled."""

import pytest

from redoubt.domain.finding import Finding
from redoubt.engine.detect.overlaps import settle


def finding(start: int, end: int, confidence: float = 0.5, rule: str = "r") -> Finding:
    return Finding("secret.x", rule, start, end, confidence)


SURE = finding(0, 4, 0.9)
LONG = finding(2, 20)
SHORT = finding(4, 9)
LATER = finding(9, 20)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([LONG, SURE], [SURE]),
        ([SHORT, LONG], [LONG]),
        ([SHORT, finding(5, 10)], [SHORT]),
        ([finding(0, 5, rule="first"), finding(0, 5, rule="second")], [finding(0, 5, rule="first")]),
        ([LATER, SHORT], [SHORT, LATER]),
        ([LONG, SURE, LATER, SHORT], [SURE, LATER, SHORT]),
        ([finding(3, 3)], []),
        ([], []),
    ],
)
def test_the_stronger_stays(given: list[Finding], kept: list[Finding]) -> None:
    assert list(settle(given)) == sorted(kept, key=lambda f: f.start)
