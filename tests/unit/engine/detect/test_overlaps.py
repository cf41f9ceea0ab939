"""The one rule by which overlaps are settled."""

import time
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_of_two_names_the_surer_stays_and_of_the_other_what_it_does_not_hold() -> None:
    other = Finding("pii.address", "guard-names", 20, 40, 0.7, inferred=True)
    assert settle([other, NAME]) == (NAME, replace(other, start=30))


def inferred(start: int, end: int, confidence: float, rule: str = "guard-names") -> Finding:
    return Finding("pii.person", rule, start, end, confidence, inferred=True)


def test_a_second_reading_of_a_name_takes_nothing_away() -> None:
    first, second = inferred(0, 18, 0.7), inferred(0, 4, 0.9, "other:PER")
    assert settle([first, second]) == (second, inferred(4, 18, 0.7))
    inside = inferred(5, 10, 0.9, "other:PER")
    assert settle([first, inside]) == (inferred(0, 5, 0.7), inside, inferred(10, 18, 0.7))
    assert settle([inferred(0, 18, 0.9), inside]) == (inferred(0, 18, 0.9),)


def test_what_is_left_of_a_reading_and_says_nothing_goes() -> None:
    assert settle([inferred(0, 6, 0.7), inferred(0, 4, 0.9)]) == (inferred(0, 4, 0.9),)
    assert settle([inferred(0, 2, 0.7)]) == (inferred(0, 2, 0.7),)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(1, 4)), max_size=12))
def test_at_each_place_the_strongest_reading_stays(rows: list[tuple[int, int, int]]) -> None:
    ordered = sorted(
        (inferred(start, start + size, rank / 4, f"r{n}") for n, (start, size, rank) in enumerate(rows)),
        key=lambda f: f.start,
    )
    tops: list[int | None] = []
    for place in range(60):
        there = [n for n, f in enumerate(ordered) if f.start <= place < f.end]
        tops.append(
            min(
                there,
                key=lambda n: (-ordered[n].confidence, ordered[n].start - ordered[n].end, n),
                default=None,
            )
        )
    expected, at = [], 0
    for top, run in groupby(tops):
        start, at = at, at + len(list(run))
        if top is not None and (at - start >= 3 or (start, at) == (ordered[top].start, ordered[top].end)):
            expected.append(replace(ordered[top], start=start, end=at))
    assert list(settle(ordered)) == expected


def test_many_readings_of_one_text_cost_little() -> None:
    rows = [inferred(n, 40_000 - n, 0.5 + n / 1e6) for n in range(10_000)]
    begun = time.perf_counter()
    settle(rows)
    assert time.perf_counter() - begun < 3.0
