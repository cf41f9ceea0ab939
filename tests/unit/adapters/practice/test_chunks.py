"""Reading loose JSON and cutting text."""

from typing import Any

import pytest

from redoubt.adapters.practice.chunks import MAX_PIECES, compact, named, parameters, pieces, text_of


@pytest.mark.parametrize("size", [0, 1, 10, 1000, 1_000_000])
def test_pieces_join_to_the_text(size: int) -> None:
    text = "".join(chr(97 + i % 26) for i in range(size))
    cut = list(pieces(text))
    assert "".join(cut) == text
    assert len(cut) <= MAX_PIECES * 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"), (None, ""), (5, ""), (["a", {"text": "b"}], "a\nb"), ({"parts": [{"text": "c"}]}, "c"),
        ([{"type": "text", "text": "a"}, {"type": "image", "source": {"type": "base64", "data": "eHg="}}], "a"),
        ([{"type": "document", "source": {"type": "text", "data": "d"}}], "d"),
    ],
)  # fmt: skip
def test_text_is_found_in_the_usual_shapes(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_deep_values_end() -> None:
    value: Any = "x"
    for _ in range(1000):
        value = [value]
    assert text_of(value) == ""


def test_names_say_that_they_are_simulated() -> None:
    assert [named(name) for name in ("gpt-x", "practice-1", None, 5)] == [
        "practice-gpt-x",
        "practice-1",
        "practice-1",
        "practice-1",
    ]


def test_lone_surrogates_can_be_written() -> None:
    compact({"a": "\ud800"}).encode()


def test_parameters_of_a_schema() -> None:
    assert parameters({"properties": {"a": {"type": "INTEGER"}, "b": {}, "c": 5}}) == (
        ("a", "integer"),
        ("b", "string"),
        ("c", "string"),
    )
