"""Rule files: what is read, and what is said about defects."""

import pytest

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.rules import combine, parse_rules

GOOD = """
[[rule]]
id = "one"
category = "secret.one"
description = "One"
pattern = 'one[0-9]{4}'
keywords = ["one"]
validator = "luhn"
context = ["Uno"]
context_window = 40
"""


def defect(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_rules(text.encode(), "my.toml")
    return str(caught.value)


def test_a_rule_is_read_with_its_defaults() -> None:
    (rule,) = parse_rules(GOOD.encode(), "my.toml").rules
    assert (rule.id, rule.validator, rule.context, rule.context_window) == (
        "one",
        ("luhn",),
        ("uno",),
        (40, 30),
    )
    assert (rule.confidence, rule.max_length, rule.enabled) == (0.8, 512, True)
    assert rule.confidence_near == 1.0


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("one[0-9]{4}", "one[0-9", 6, "RE2 does not accept"),
        ("one[0-9]{4}", "(?=one)", 6, "RE2 does not accept"),
        ("one[0-9]{4}", "(one)?", 6, "empty text"),
        ('"luhn"', '"loon"', 8, "loon"),
        ('id = "one"', 'id = "One Two"', 3, "kebab-case"),
        ("secret.one", "secret", 4, "dotted"),
        ('keywords = ["one"]', "keywords = [1]", 7, "str"),
        ('keywords = ["one"]', 'keywords = [""]', 7, "empty"),
        ('description = "One"', 'descripton = "One"', 5, "descripton"),
        ("context_window = 40", "context_window = 4000", 10, "1000"),
        ("context_window = 40", "confidence = 1.5", 10, "between 0 and 1"),
        ("context_window = 40", 'unless = ["_"]', 10, "against a match"),
        ("context_window = 40", "max_length = -1", 10, "max_length"),
        ("context_window = 40", "x = [", 11, "not valid TOML"),
        ("context_window = 40", GOOD, 12, "used twice"),
    ],
)
def test_a_defect_names_file_and_line(old: str, new: str, line: int, words: str) -> None:
    message = defect(GOOD.replace(old, new))
    assert message.startswith("my.toml")
    assert f"line {line}" in message
    assert words in message


def test_bytes_that_are_no_utf8_are_a_defect_with_a_line() -> None:
    with pytest.raises(ConfigError, match="line 2: not UTF-8"):
        parse_rules(b"# fine\n# \xff\n", "my.toml")


def test_the_user_switches_rules_off_and_replaces_them() -> None:
    builtin = parse_rules((GOOD + GOOD.replace('"one"', '"two"')).encode(), "builtin.toml")
    other = GOOD.replace('description = "One"', 'description = "Mine"\noverride = true')
    user = parse_rules(('disable = ["two"]\n' + other).encode(), "my.toml")
    assert [(rule.id, rule.description) for rule in combine([builtin], [user])] == [("one", "Mine")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD, "already defined"),
        (GOOD.replace('id = "one"', 'id = "new"\noverride = true'), "overrides nothing"),
        ('disable = ["nine"]', "no rule 'nine'"),
    ],
)
def test_a_clash_of_files_is_an_error_that_names_the_file(text: str, words: str) -> None:
    builtin = parse_rules(GOOD.encode(), "builtin.toml")
    with pytest.raises(ConfigError, match=r"my\.toml") as caught:
        combine([builtin], [parse_rules(text.encode(), "my.toml")])
    assert words in str(caught.value)


def test_a_rule_that_is_off_is_left_out() -> None:
    assert combine([parse_rules((GOOD + "enabled = false").encode(), "builtin.toml")]) == ()
