"""What the one pass looks for, rule by rule."""

from redoubt.engine.detect.anchors import plan
from redoubt.engine.detect.literals import begins_with_letters
from redoubt.engine.detect.rules import Rule, parse_rules


def rules(*patterns: tuple[str, str]) -> list[Rule]:
    """Make a rule of each (pattern, further lines)."""
    text = "\n".join(
        f"""[[rule]]
id = "rule-{number}"
category = "pii.thing"
description = "A thing"
pattern = '''{pattern}'''
{more}
confidence = 0.9
source = "https://example.org"
match = []
no_match = []
"""
        for number, (pattern, more) in enumerate(patterns)
    )
    return list(parse_rules(text.encode(), "rules.toml").rules)


def test_every_rule_is_reached_in_one_way() -> None:
    made = plan(
        rules(
            (r"\btoken_([a-z0-9]{20})\b", 'keywords = ["token_"]'),
            (r"\b[0-9]{11}\b", "keywords = []"),
            (r"\b[0-9]{9}\b", 'keywords = []\ncontext = ["ssn"]\ncontext_required = true'),
        )
    )
    assert {use[0] for uses in made.uses for use in uses} == {0}
    assert (made.free, made.bound, made.unanchored) == ((1,), (2,), ())


def test_the_expressions_that_begin_with_letters_come_first() -> None:
    made = plan(
        rules(
            (r"\b[A-F0-9]{8}-[A-F0-9]{4}\b", "keywords = []"),
            (r"\btoken_([a-z0-9]{20})\b", 'keywords = ["token_"]'),
            (r"(?i)(?:passport|licence) no ([A-Z]{9})", 'keywords = ["passport", "licence"]'),
        )
    )
    led = [begins_with_letters(expression) for expression, _ in made.expressions]
    assert led == sorted(led, reverse=True)
    assert made.words == sum(led) == 3


def test_rules_with_one_anchor_share_it() -> None:
    same = (r"\btoken_([a-z0-9]{20})\b", 'keywords = ["token_"]')
    made = plan(rules(same, same))
    assert len(made.expressions) == 1
    assert [use[0] for use in made.uses[0]] == [0, 1]


def test_without_bare_numbers_no_run_of_digits_is_looked_for() -> None:
    made = plan(rules((r"\btoken_([a-z0-9]{20})\b", 'keywords = ["token_"]')))
    assert len(made.expressions) == len(made.uses)
