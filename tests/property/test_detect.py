"""What holds of detection for any text."""

from itertools import pairwise

import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.domain.finding import Finding
from redoubt.engine.detect.exact import Exact
from redoubt.engine.detect.matcher import Matcher
from redoubt.engine.detect.overlaps import settle
from redoubt.engine.detect.rule_detector import RuleDetector
from tests.unit.engine.detect.rule_texts import detect, detector, rules

RULES = rules()
MATCHER = Matcher.build(RULES)
DETECTOR = detector()
SPLIT = RuleDetector(Matcher.build(RULES[::2]), "test", Matcher.build(RULES[1::2]))

spans = st.builds(
    lambda start, size, sure: Finding("secret.x", "x", start, start + size, sure),
    st.integers(0, 60),
    st.integers(0, 20),
    st.sampled_from([0.3, 0.6, 0.9]),
)
pieces = st.sampled_from(
    [
        "a@b.co",
        "x.y-z@mail.example",
        "4111 1111 1111 1111",
        "4111111111111111",
        "10.0.0.1",
        "AKIAIOSFODNN7EXAMPLF",
        "password = 'gT7#kQ2!xZ'",
        "12345678901",
        "tax number",
        " ",
        "\n",
        ".",
        "-",
        "é",
        "日",
        "\u200b",
        "1",
        "a",
        "@",
        "=",
    ]
)
notations = st.sampled_from(
    ["%40", "%2E", "&#64;", "\\u0031", "=2E=63", "4", "1234567", "b", "p4ssw0rd1", " (at) ", "x" * 90]
)
texts = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=30).map("".join))


def overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


@given(st.lists(spans, max_size=25))
def test_settled_findings_never_overlap_and_only_stronger_ones_push_out(findings: list[Finding]) -> None:
    settled = settle(findings)
    assert list(settled) == sorted(settled, key=lambda f: f.start)
    assert not any(overlap(a, b) for i, a in enumerate(settled) for b in settled[i + 1 :])
    for finding in findings:
        if finding.start < finding.end and finding not in settled:
            stronger = [k for k in settled if overlap(k, finding)]
            assert any(
                (k.confidence, k.end - k.start) >= (finding.confidence, finding.end - finding.start)
                for k in stronger
            )
    assert settle(settled) == settled


@given(st.lists(st.one_of(pieces, notations), max_size=30).map("".join))
@settings(max_examples=200)
def test_a_view_is_asked_about_all_that_it_changed(text: str) -> None:
    for view in DETECTOR.views(text):
        changes = view.changes()
        data = view.text.encode("utf-8", "replace")
        asked = set(MATCHER.find(data, changes=changes))
        for index, start, end in MATCHER.find(data):
            before, after = RULES[index].context_window if RULES[index].context else (0, 0)
            if changes is None or changes.near(start - before, end + after):
                assert (index, start, end) in asked


@given(texts)
@settings(max_examples=200)
def test_the_pass_misses_nothing_that_the_exact_patterns_find(text: str) -> None:
    data = text.encode("utf-8", "replace")
    found = {(index, start) for index, start, _ in MATCHER.find(data)}
    for index, rule in enumerate(RULES):
        if rule.context_required or rule.multiline:
            continue
        exact = Exact(rule)
        for low, high in lines(data):
            first, _, _ = exact.search(data, low, high)
            if first >= 0:
                assert any(i == index and low <= start < high for i, start in found), rule.id


def lines(data: bytes) -> list[tuple[int, int]]:
    ends = [m for m, byte in enumerate(data) if byte == 10]
    return list(zip([0, *(end + 1 for end in ends)], [*ends, len(data)], strict=True))


@given(texts)
@settings(max_examples=200)
def test_any_text_gives_findings_inside_it_in_order_and_apart(text: str) -> None:
    findings = detect(text, DETECTOR)
    assert all(0 <= f.start < f.end <= len(text) for f in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))


@given(
    st.text(alphabet="ab1-. @\n", max_size=60),
    st.sampled_from([r"\ba+1", r"(?:^|[^a])b{2}", r"a\.b@?", r"1[ -]?a"]),
)
def test_a_window_sees_what_is_around_it(text: str, pattern: str) -> None:
    whole = re2.compile(pattern).search(text)
    exact = Exact(RULES[0].__class__("r", "a.b", "", pattern, multiline=True))
    assert (whole is None) == (exact.search(text.encode(), 0, len(text))[0] < 0)


@given(texts)
def test_rules_in_two_matchers_find_what_they_find_in_one(text: str) -> None:
    assert detect(text, SPLIT) == detect(text, DETECTOR)
