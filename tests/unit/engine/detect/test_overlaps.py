"""The one rule by which overlaps are settled."""

from dataclasses import replace

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


ATTACK = Finding("attack.injection", "guard-attack", 0, 100, 0.6, false_alarm=0.001)
NAME = Finding("pii.person", "guard-names", 10, 30, 0.99, inferred=True)


def test_a_judgement_stays_whatever_stands_in_the_passage() -> None:
    mail = Finding("pii.email", "email", 10, 20, 1.0)
    mild = Finding("harm.profanity", "guard-harm", 0, 100, 0.99, false_alarm=0.001)
    assert settle([mail, ATTACK, mild]) == (ATTACK, mild, mail)
    assert settle([ATTACK]) == (ATTACK,)


@pytest.mark.parametrize(
    "category",
    ["code.malicious", "code.active", "commitment.price", "leak.exfiltration", "topic.denied", "harm.threat"],
)
def test_neither_a_judgement_nor_the_values_in_it_unsay_the_other(category: str) -> None:
    value = Finding("secret.x", "r", 10, 20, 0.9)
    for sure in (0.5, 1.0):
        passage = Finding(category, "judge", 0, 100, sure)
        assert settle([value, passage]) == (passage, value)
        assert settle([replace(value, inferred=True), passage]) == (passage, replace(value, inferred=True))


@pytest.mark.parametrize(
    ("recognised", "left"),
    [
        ([(40, 50)], [(10, 30)]),
        ([(10, 30)], []),
        ([(0, 100)], []),
        ([(10, 20)], [(20, 30)]),
        ([(20, 35)], [(10, 20)]),
        ([(15, 20)], [(10, 15), (20, 30)]),
        ([(12, 28)], []),
        ([(0, 12), (14, 20), (24, 30)], [(20, 24)]),
    ],
)
def test_what_was_inferred_gives_way_however_sure(
    recognised: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    known = [finding(start, end, 0.3) for start, end in recognised]
    kept = settle([NAME, *known])
    assert [f for f in kept if not f.inferred] == known
    assert [(f.start, f.end) for f in kept if f.inferred] == left


def test_of_two_names_the_surer_stays() -> None:
    other = Finding("pii.address", "guard-names", 20, 40, 0.7, inferred=True)
    assert settle([other, NAME]) == (NAME,)
