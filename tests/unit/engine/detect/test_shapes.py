"""What is told of a pattern holds of its matches."""

from math import inf

import pytest

from redoubt.engine.detect.shapes import holds_digit_run, longest


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        (r"\b\d{3}-\d{2}-\d{4}\b", True),
        (r"\b[A-Z]{2}\d{6}[A-D]\b", True),
        (r"(?:^|[^0-9])(\d{2} ?\d{3})\b", True),
        (r"\b[1-9](?:[ -]?\d){8,}\b", True),
        (r"\b(?:\d{9}|\d{2}-\d{7})\b", True),
        (r"\d{9}", False),
        (r"\b\d{4}\b", False),
        (r"\b(?:\d{9}|[A-Z]{9})\b", False),
        (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", False),
        (r"\b(?:\d{2}[A-Z]?){4}\b", False),
        (r"\b\d\d[ -]{0,9}\d\d[ -]{0,9}\d\b", False),
        (r"\b[A-Z0-9]{9}\b", False),
        (r"(broken", False),
    ],
)
def test_a_run_of_digits_is_promised_only_where_it_is_certain(pattern: str, holds: bool) -> None:
    assert holds_digit_run(pattern) is holds


@pytest.mark.parametrize(
    ("pattern", "width"),
    [("abc", 3), ("a{2,7}b?", 8), ("a+", inf), (r"\p{L}{2}", 2), ("[[:alpha:]]", inf), ("(", inf)],
)
def test_the_longest_match(pattern: str, width: float) -> None:
    assert longest(pattern) == width
