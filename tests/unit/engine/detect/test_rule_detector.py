"""Rules as a detector: code points, context, views."""

import pytest

from tests.unit.engine.detect.rule_texts import SMALL, detect, detector, found

RULES = detector()


@pytest.mark.parametrize("before", ["", "é", "日本語 ", "😀" * 2000, "\ud800 ", "\udfff\U0010ffff "])
def test_offsets_are_code_points_of_the_original(before: str) -> None:
    text = f"{before} x a@b.co 日 c@d.co"
    assert found(text, RULES) == [("email", "a@b.co"), ("email", "c@d.co")]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("tax number 12345678901", [0.85]),
        ("TAX_NUMBER: 12345678901", [0.85]),
        ("12345678901 is my Steuernummer", [0.85]),
        ("税号 12345678901", [0.85]),
        ("syntax number 12345678901", []),
        ("12345678901", []),
        ("tax number" + "." * 70 + "12345678901", []),
        ("12345678901" + "." * 40 + "tax number", []),
    ],
)
def test_context_words_decide_about_bare_numbers(text: str, sure: list[float]) -> None:
    assert [finding.confidence for finding in detect(text, RULES) if finding.rule == "tax-number"] == sure


def test_entropy_parts_a_password_from_a_placeholder() -> None:
    assert found("password=xxxxxxxxxx", RULES) == []
    assert found("password=gT7#kQ2!xZ", RULES) == [("password", "gT7#kQ2!xZ")]


def test_what_is_hidden_is_found_where_it_was_written() -> None:
    hidden = "YUBiLmNvIGlzIG15IG1haWwgYWRkcmVzcw=="  # "a@b.co is my mail address"
    (finding,) = detect(f"see {hidden} there", RULES)
    assert finding.view == "base64"
    assert 4 <= finding.start < finding.end <= 4 + len(hidden)


def test_a_view_does_not_repeat_what_is_plain() -> None:
    assert [f.view for f in detect("a\u200b b@c.de", RULES)] == ["plain"]


CODE = detector(
    SMALL
    + b"""
[[rule]]
id = "shell"
category = "code.malicious"
description = "A shell with words around it"
pattern = "shell .{1,200} end"
keywords = ["shell"]
confidence = 0.9
"""
)


def test_a_value_hidden_in_code_is_found_beside_the_code() -> None:
    hidden = "YUBiLmNvIGlzIG15IG1haWwgYWRkcmVzcw=="
    assert [(f.category, f.view) for f in detect(f"shell send {hidden} end", CODE)] == [
        ("code.malicious", "plain"),
        ("pii.email", "base64"),
    ]


def test_code_is_reported_once_in_whatever_views_it_shows() -> None:
    assert [f.view for f in detect("shell a &lt; b%20c \u200b end", CODE)] == ["plain"]
    assert len(detect("sh\u200bell a &lt; b%20c end", CODE)) == 1
