"""The one pass: right, bounded, and the same after dump and load."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from redoubt.domain.errors import ConfigError, InputError
from redoubt.engine.detect.matcher import Matcher
from tests.unit.engine.detect.rule_texts import SMALL, rules

RULES = rules()
MATCHER = Matcher.build(RULES)
TEXT = b"mail a@b.co, key AKIAIOSFODNN7EXAMPLF, card 4111 1111 1111 1111, host 10.0.0.1"


def seen(text: bytes, matcher: Matcher = MATCHER) -> list[tuple[str, bytes]]:
    return [(RULES[i].id, text[s:e]) for i, s, e in sorted(matcher.find(text), key=lambda m: m[1])]


FOUND = [
    ("email", b"a@b.co"),
    ("aws-access-key-id", b"AKIAIOSFODNN7EXAMPLF"),
    ("card", b"4111 1111 1111 1111"),
    ("ip", b"10.0.0.1"),
]


def test_each_kind_of_anchor_leads_to_its_match() -> None:
    assert seen(TEXT) == FOUND


def test_what_was_dumped_finds_the_same() -> None:
    assert seen(TEXT, Matcher.load(RULES, MATCHER.dump())) == FOUND


@pytest.mark.parametrize("data", [b"", b"garbage", MATCHER.dump()[:200]])
def test_a_damaged_dump_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError):
        Matcher.load(RULES, data)


def test_a_dump_of_other_rules_is_refused() -> None:
    with pytest.raises(ConfigError, match="other rules"):
        Matcher.load(RULES[:-1], MATCHER.dump())


def test_a_valid_number_inside_a_longer_invalid_one_is_found() -> None:
    assert seen(b"1234 4111 1111 1111 1111") == [("card", b"4111 1111 1111 1111")]


def test_a_match_does_not_span_lines_unless_the_rule_says_so() -> None:
    assert seen(b"password:\n  Tr0ub4dor&3") == []
    key = b"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"
    assert seen(b"x\n" + key + b"\ny") == [("private-key", key)]


def test_the_same_matcher_serves_many_threads() -> None:
    text = TEXT * 200
    alone = MATCHER.find(text)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == alone for found in pool.map(MATCHER.find, [text] * 32))


def test_beyond_the_limit_of_matches_there_is_a_clear_error() -> None:
    with pytest.raises(InputError) as caught:
        MATCHER.find(b"1.1.1.1 " * 11, limit=10)
    assert caught.value.too_large


@pytest.mark.parametrize(
    "text",
    [
        b"1" * 300_000,
        b"a" * 300_000,
        b"password=" * 30_000,
        b"@" * 300_000,
        b"1 " * 150_000,
        b"a@" * 100_000,
        b"1.1." * 50_000,
        b"-----BEGIN PRIVATE KEY-----" * 2_000,
        b"\xff\xfe\x80" * 50_000,
        b"\0" * 300_000,
    ],
)
def test_hostile_texts_end_in_an_answer(text: bytes) -> None:
    assert all(0 <= start < end <= len(text) for _, start, end in MATCHER.find(text))


def test_no_rules_find_nothing() -> None:
    assert Matcher.build(()).find(TEXT) == []
    assert Matcher.load((), Matcher.build(()).dump()).find(TEXT) == []


def test_the_small_file_is_what_the_tests_think_it_is() -> None:
    assert SMALL.count(b"[[rule]]") == len(RULES) == 7
