"""What is code in a text, and in the rest of one."""

import pytest

from redoubt.engine.effects.fences import Code, lead

BLOCK = "Here:\n\n```html\n<p>\n<b>\n```\nand more of it ~ than before"


def shown(text: str) -> str:
    code = Code(text)
    return "".join(char for place, char in enumerate(text) if code.holds(place))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BLOCK, "```html\n<p>\n<b>\n```"),
        ("~~~\na\n```\nb\n~~~\nc", "~~~\na\n```\nb\n~~~"),
        ("````\na\n```\nb\n`````\nc", "````\na\n```\nb\n`````"),
        ("- ```\n  a", "- ```\n  a"),
        ("so ```\na\n", ""),
        ("run `a b` or ``c`d`` or `e", "`a b```c`d``"),
        ("`a\nb`", ""),
    ],
)
def test_blocks_and_spans_are_code(text: str, code: str) -> None:
    assert shown(text) == code


@pytest.mark.parametrize(
    "text",
    [
        BLOCK,
        "~~~ python is long a word\na b\n```\nb\n~~~~\nc d\n~~~\ne",
        "> ```\n> a\n> ```\n> b ```\n> c",
        "A line that goes on and on ```\n<p>\n```\n<b>\n",
        "So you run `rm -rf of a thing` and then `ls of another` or not ``that `one`` at all",
        "No code in this.\nNone in that.",
        "``` " + "long " * 30 + "\nx\n",
    ],
)
def test_the_rest_of_a_text_is_read_as_it_was_behind_what_stands_for_the_beginning(text: str) -> None:
    whole = Code(text)
    for at in range(len(text)):
        before = lead(text, at)
        rest = Code(before + text[at:])
        assert len(before) <= at
        assert [rest.holds(place + len(before)) for place in range(len(text) - at)] == [
            whole.holds(place) for place in range(at, len(text))
        ], (at, before)


def test_nothing_stands_for_plain_words() -> None:
    text = "Just words.\n\nAnd more of them - and more."
    assert {lead(text, at) for at in range(len(text))} == {""}
