"""Every rule of the packaged catalogue keeps its word: its own examples, exact to the character."""

import re
from functools import cache
from importlib import resources

import pytest

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.matcher import Matcher
from redoubt.engine.detect.rule_detector import RuleDetector
from redoubt.engine.detect.rules import MARKS, Rule, RuleFile, combine, parse_rules

FOLDER = resources.files("redoubt.engine.detect") / "catalogue"
FILES = [
    parse_rules(f.read_bytes(), f.name)
    for f in sorted(FOLDER.iterdir(), key=lambda f: f.name)
    if f.name.endswith(".toml")
]
RULES = [rule for file in FILES for rule in file.rules]
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@cache
def detector(rules: tuple[Rule, ...]) -> RuleDetector:
    return RuleDetector(Matcher.build(rules), "test")


def found(rules: tuple[Rule, ...], text: str) -> tuple[Finding, ...]:
    return detector(rules).detect(Segment(text))


def expected(example: str) -> list[tuple[int, int]]:
    marks = [m.start() for m in re.finditer("[«»]", example)]
    places = [place - number for number, place in enumerate(marks)]
    return list(zip(places[::2], places[1::2], strict=True))


def test_ids_are_unique_across_the_files() -> None:
    assert len(combine(FILES)) == len([rule for rule in RULES if rule.enabled])


@EACH
def test_a_rule_shows_what_it_matches_and_what_it_does_not(rule: Rule) -> None:
    assert rule.match, "a rule needs an example that matches"
    assert rule.no_match, "a rule needs an example that does not"
    assert rule.source, "a rule names the source of its format"
    assert all(example.count("«") == example.count("»") >= 1 for example in rule.match)


@EACH
def test_examples_that_must_match_do_with_their_exact_span(rule: Rule) -> None:
    for example in rule.match:
        text = example.translate(MARKS)
        spans = [(f.start, f.end) for f in found((rule,), text) if f.view == "plain"]
        assert spans == expected(example), example


@EACH
def test_examples_that_must_not_match_do_not(rule: Rule) -> None:
    for example in rule.no_match:
        assert not [f for f in found((rule,), example) if f.view == "plain"], example


@EACH
def test_a_keyword_is_in_every_example(rule: Rule) -> None:
    for example in rule.match if rule.keywords else ():
        assert any(keyword.lower() in example.translate(MARKS).lower() for keyword in rule.keywords), example


@EACH
def test_among_all_rules_an_example_is_still_found(rule: Rule) -> None:
    everything = combine([RuleFile(tuple(RULES))])
    family = rule.category.split(".")[0]
    for example in rule.match if rule.enabled else ():
        spans = [(f.start, f.end) for f in found(everything, example.translate(MARKS))]
        for start, end in expected(example):
            covered = sum(max(0, min(end, e) - max(start, s)) for s, e in spans)
            assert covered * 2 >= end - start, f"{family}: {example}"
