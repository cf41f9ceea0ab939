"""Which families a text gives a reason for, in one pass."""

import pytest

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.views.expand import FAMILIES, reasons
from redoubt.engine.detect.views.family import Family
from redoubt.engine.detect.views.reasons import Reasons
from redoubt.engine.detect.views.view import Rewrite


def names(text: str) -> list[str]:
    return [family.name for family in reasons().found(text.encode())]


def nothing(_text: str) -> Rewrite | None:
    return None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a%40b", "url"),
        ("&#64;", "html"),
        ("john (at) example", "symbols"),
        ("pass\u200bword", "invisible"),
        ("pass\x00word", "invisible"),
        ("p\u0430ssword", "homoglyphs"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "digits"),
    ],
)
def test_a_hidden_form_gives_its_reason(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize("text", ["", "plain words of a letter", "Grüße aus Köln, 12 Uhr", "日本語の文章"])
def test_plain_text_gives_none(text: str) -> None:
    assert names(text) == []


def test_families_come_in_their_order_and_once() -> None:
    made = Reasons(
        (Family("b", "b+", nothing), Family("a", "a", nothing), Family("c", "é", nothing, unicode=True))
    )
    assert [family.name for family in made.found(b"a b bb a")] == ["b", "a"]
    assert [family.name for family in made.found("é b".encode())] == ["b", "c"]


def test_what_was_dumped_finds_the_same() -> None:
    kept = Reasons.load(FAMILIES, reasons().dump())
    data = "a%40b \u200bx".encode()
    assert [f.name for f in kept.found(data)] == [f.name for f in reasons().found(data)]


def test_a_damaged_dump_is_an_error() -> None:
    with pytest.raises(ConfigError, match="compile it again"):
        Reasons.load(FAMILIES, b"damaged")
