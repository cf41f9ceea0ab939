"""Context words: near, whole, in any case, in any script."""

import pytest

from redoubt.engine.detect.context import Context
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
    assert Context(rules()).near(0, data, start, start + 9, (60, 30)) is near


def test_the_words_around_a_place_concern_their_rules() -> None:
    context = Context(rules())
    data = b"the ssn is 123456789"
    assert context.concerns(0, context.words(data, 11, 20))
    assert not context.concerns(0, context.words(b"the sum is 123456789", 11, 20))


def test_what_was_dumped_says_the_same() -> None:
    kept = Context.load(rules(), Context(rules()).dump())
    assert kept.near(0, b"ssn 123456789", 4, 13, (60, 30))


def test_without_words_nothing_is_near() -> None:
    context = Context([])
    assert context.dump() == b""
    assert context.words(b"ssn", 0, 3) == frozenset()
