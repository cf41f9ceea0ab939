"""Rows with marked names."""

import random

import pytest

from redoubt.domain.zone import Zone
from redoubt.training.example import Example, Head, Span
from redoubt.training.sources.names import cased, examples

TEXT = "Ana Ruiz of Acme sang Danish songs in Oslo with @bo"
SPANS = [
    {"start": 38, "end": 42, "type": "LOCATION"},
    {"start": 0, "end": 8, "type": "PERSON"},
    {"start": 12, "end": 16, "type": "ORGANIZATION"},
    {"start": 22, "end": 28, "type": "NRP"},
    {"start": 48, "end": 51, "type": "USERNAME"},
]


def row(**changes: object) -> dict[str, object]:
    return {"text": TEXT, "spans": SPANS, "source": "some/place@0123abcd Part/en", "lang": "en"} | changes


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


def test_a_row_becomes_an_example() -> None:
    assert list(examples([row()])) == [
        Example(
            text=TEXT,
            head=Head.NAMES,
            zone=Zone.EXTERNAL,
            spans=(
                Span(0, 8, "PERSON"),
                Span(12, 16, "ORGANISATION"),
                Span(38, 42, "LOCATION"),
                Span(48, 51, "USERNAME"),
            ),
            kind="ner",
            lang="en",
            source="some/place Part/en",
        )
    ]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("GROUP", "ORGANISATION"),
        ("ORGANIZATION", "ORGANISATION"),
        ("PERSON", "PERSON"),
        ("LOCATION", "LOCATION"),
    ],
)
def test_their_types_become_ours(theirs: str, ours: str) -> None:
    [example] = examples([row(text="Ana", spans=[{"start": 0, "end": 3, "type": theirs}])])
    assert example.spans == (Span(0, 3, ours),)


@pytest.mark.parametrize("theirs", ["NRP", "MISC", "PRODUCT", "WORK", "DATE_TIME", "MONEY"])
def test_what_is_no_name_is_dropped(theirs: str) -> None:
    [example] = examples([row(text="Ana", spans=[{"start": 0, "end": 3, "type": theirs}])])
    assert example.spans == ()


@pytest.mark.parametrize(("theirs", "ours"), [("a/b@12 C d", "a/b C d"), ("a/b@12", "a/b"), ("a/b", "a/b")])
def test_the_source_without_its_commit(theirs: str, ours: str) -> None:
    [example] = examples([row(source=theirs)])
    assert example.source == ours


def test_a_handle_that_nobody_marked_is_marked() -> None:
    [example] = examples(
        [
            row(
                text="RT @bo_2: mail ana@acme.example, says @Ana.",
                spans=[{"start": 38, "end": 42, "type": "PERSON"}],
            )
        ]
    )
    assert example.spans == (Span(3, 8, "USERNAME"), Span(38, 42, "PERSON"))


@pytest.mark.parametrize(
    "bad",
    [
        {"text": None},
        {"spans": "x"},
        {"lang": 1},
        {"spans": ["x"]},
        {"spans": [{"start": 0, "end": 99, "type": "PERSON"}]},
        {"spans": [{"start": 3, "end": 3, "type": "PERSON"}]},
        {"spans": [{"start": 0, "end": 4, "type": "PERSON"}, {"start": 2, "end": 6, "type": "PERSON"}]},
    ],
)
def test_a_bad_row_is_named_and_not_quoted(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="row 1") as raised:
        list(examples([row(), row(**bad)]))
    assert "Ana" not in str(raised.value)


def test_case_changes_for_a_share_and_offsets_stay() -> None:
    [example] = examples([row(text="İda Weiß of Acme sang Danish songs in Oslo with @bo")])
    rng = seeded(1)
    made = [cased(rng, example) for _ in range(1_000)]
    assert all(len(one.text) == len(example.text) and one.spans == example.spans for one in made)
    assert 150 <= sum("acme" in one.text for one in made) <= 250
    assert 20 <= sum("ACME" in one.text for one in made) <= 70
    assert sum(one.text == example.text for one in made) >= 700


def test_the_same_randomness_gives_the_same_case() -> None:
    [example] = examples([row()])
    assert [cased(seeded(2), example) for _ in range(5)] == [cased(seeded(2), example) for _ in range(5)]
