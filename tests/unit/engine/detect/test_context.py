"""Context words: near, whole, in any case, in any script."""

import pytest

from redoubt.engine.detect.context import Context, Words
from redoubt.engine.detect.rules import Rule, parse_rules

RULES = """
[[rule]]
id = "number"
category = "pii.number"
description = "A number"
pattern = '''\\b[0-9]{9}\\b'''
keywords = []
confidence = 0.4
context = ["ssn", "social security", "número"]
source = "https://example.org"
match = ["123456789"]
no_match = ["12345678"]
"""


def rules() -> list[Rule]:
    return list(parse_rules(RULES.encode(), "rules.toml").rules)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("SSN 123456789", True),
        ("user_ssn: 123456789", True),
        ("123456789 (social-security)", True),
        ("NÚMERO 123456789", True),
        ("classname 123456789", False),
        ("ssns 123456789", False),
        ("ssn" + " " * 61 + "123456789", False),
        ("123456789", False),
    ],
)
def test_a_word_is_near_where_it_stands_whole_within_the_window(text: str, near: bool) -> None:
    data = text.encode()
    start = data.index(b"123456789")
    assert Words(Context(rules()), data).near(0, start, start + 9, (60, 30)) is near


@pytest.mark.parametrize("before", [0, 1000, 1010, 1017, 1020, 1024, 5000])
def test_a_word_is_near_wherever_in_a_long_text_it_stands(before: int) -> None:
    data = "é".encode() * before + b" ssn 123456789"
    start = data.index(b"123456789")
    assert Words(Context(rules()), data).near(0, start, start + 9, (60, 30))


def test_the_words_around_a_place_concern_their_rules() -> None:
    context = Context(rules())
    assert context.concerns(0, Words(context, b"the ssn is 123456789").around(11, 20))
    assert not context.concerns(0, Words(context, b"the sum is 123456789").around(11, 20))


def test_what_was_dumped_says_the_same() -> None:
    kept = Context.load(rules(), Context(rules()).dump())
    assert Words(kept, b"ssn 123456789").near(0, 4, 13, (60, 30))


def test_without_words_nothing_is_near() -> None:
    context = Context([])
    assert context.dump() == b""
    assert Words(context, b"ssn").around(0, 3) == frozenset()
