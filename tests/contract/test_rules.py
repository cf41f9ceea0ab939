"""Every rule of the packaged catalogue keeps its word: its own examples, exact to the character."""

import re
from functools import cache
from importlib import resources

import pytest

from redoubt import compose
from redoubt.domain.exchange import Segment
from redoubt.engine.detect.matcher import Matcher
from redoubt.engine.detect.rule_detector import RuleDetector
from redoubt.engine.detect.rules import MARKS, Rule, RuleFile, combine, parse_rules

FOLDER = resources.files("redoubt.engine.detect") / "catalogue"
NAMED = sorted(
    (f.name, parse_rules(f.read_bytes(), f.name)) for f in FOLDER.iterdir() if f.name.endswith(".toml")
)
FILES = [file for _, file in NAMED]
RULES = [rule for file in FILES for rule in file.rules]
PACKAGED = compose.detector()
EVERY = pytest.mark.parametrize("file", FILES, ids=[name for name, _ in NAMED])
"""A test for each file and not for each rule: there are hundreds, and what fails names its rule."""


@cache
def alone(rule: Rule) -> RuleDetector:
    return RuleDetector(Matcher.build((rule,)), "test")


def plain(rule: Rule, text: str) -> list[tuple[int, int]]:
    """Return where the rule alone finds something in the text as it is."""
    return [(f.start, f.end) for f in alone(rule).detect(Segment(text)) if f.view == "plain"]


def expected(example: str) -> list[tuple[int, int]]:
    marks = [m.start() for m in re.finditer("[«»]", example)]
    places = [place - number for number, place in enumerate(marks)]
    return list(zip(places[::2], places[1::2], strict=True))


def test_ids_are_unique_across_the_files() -> None:
    assert len(combine(FILES)) == len([rule for rule in RULES if rule.enabled])


@EVERY
def test_a_rule_shows_what_it_matches_and_what_it_does_not(file: RuleFile) -> None:
    for rule in file.rules:
        assert rule.match, f"{rule.id}: a rule needs an example that matches"
        assert rule.no_match, f"{rule.id}: a rule needs an example that does not"
        assert rule.source, f"{rule.id}: a rule names the source of its format"
        assert all(example.count("«") == example.count("»") >= 1 for example in rule.match), rule.id


@EVERY
def test_examples_that_must_match_do_with_their_exact_span(file: RuleFile) -> None:
    for rule in file.rules:
        for example in rule.match:
            assert plain(rule, example.translate(MARKS)) == expected(example), f"{rule.id}: {example}"


@EVERY
def test_examples_that_must_not_match_do_not(file: RuleFile) -> None:
    for rule in file.rules:
        for example in rule.no_match:
            assert not plain(rule, example), f"{rule.id}: {example}"


@EVERY
def test_a_keyword_is_in_every_example(file: RuleFile) -> None:
    for rule in file.rules:
        for example in rule.match if rule.keywords else ():
            text = example.translate(MARKS).lower()
            assert any(keyword.lower() in text for keyword in rule.keywords), f"{rule.id}: {example}"


@EVERY
def test_among_all_rules_an_example_is_still_found(file: RuleFile) -> None:
    for rule in file.rules:
        for example in rule.match if rule.enabled else ():
            spans = [(f.start, f.end) for f in PACKAGED.detect(Segment(example.translate(MARKS)))]
            for start, end in expected(example):
                covered = sum(max(0, min(end, e) - max(start, s)) for s, e in spans)
                assert covered * 2 >= end - start, f"{rule.id}: {example}"
