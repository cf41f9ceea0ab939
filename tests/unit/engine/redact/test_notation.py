import json

import pytest

from redoubt.engine.redact.notation import JsonText, escape, literal, unescape


@pytest.mark.parametrize("text", ['a"\\\n', "é😀", "\ud800", "", "\x00"])
def test_escape_and_unescape(text: str) -> None:
    assert json.loads(f'"{escape(text)}"') == text
    assert unescape(escape(text)) == text


def test_what_cannot_be_unescaped_stays() -> None:
    assert unescape("\\x") == "\\x"
    assert unescape('\\u00"') == '\\u00"'


@pytest.mark.parametrize(
    ("value", "written"), [("12", "12"), ("-1.5e3", "-1.5e3"), ("007", '"007"'), ("a", '"a"')]
)
def test_literal(value: str, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize(
    ("text", "inside", "span", "parts"),
    [
        ('{"a": 12}', False, (0, 9), [(2, 3, True), (6, 8, False)]),
        ('b", 12', True, (0, 6), [(0, 1, True), (4, 6, False)]),
        ('"abc', False, (2, 4), [(2, 4, True)]),
        ('"a\\', False, (0, 3), [(1, 3, True)]),
        ("[]{}", False, (0, 4), []),
        ('""', False, (0, 2), []),
    ],
)
def test_parts(text: str, inside: bool, span: tuple[int, int], parts: list[tuple[int, int, bool]]) -> None:
    assert list(JsonText(text, inside=inside).parts(*span)) == parts


def test_inside_at() -> None:
    assert [JsonText('{"a": 1').inside_at(i) for i in range(7)] == [
        False,
        False,
        True,
        True,
        False,
        False,
        False,
    ]
    assert JsonText("a", inside=True).inside_at(1)


def test_boundary_keeps_escapes_whole() -> None:
    text = r'"a\u0040\\n"'
    assert [JsonText(text).boundary(i) for i in range(2, 12)] == [2, 2, 2, 2, 2, 2, 8, 8, 10, 11]
