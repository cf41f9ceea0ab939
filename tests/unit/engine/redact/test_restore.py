import json

import pytest

from redoubt.domain.exchange import Syntax
from redoubt.domain.pseudonym import Alias
from redoubt.engine.redact.restore import Restorer

ALIASES = (
    Alias("EMAIL_K7QX2M9T", 'ann"x@x.example', "pii.email"),
    Alias("PHONE_00000000", "+49 30 1234567", "pii.phone"),
    Alias("+49 30 7654321", "+49 89 1234567", "pii.phone"),
    Alias("4539 1234 5678 9012", "4111111111111111", "finance.card"),
    Alias("Tamara Nielsen", "Maria Garcia", "pii.person"),
)
RESTORER = Restorer(ALIASES)
EMAIL = 'ann"x@x.example'


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("EMAIL_K7QX2M9T", EMAIL),
        ("mail EMAIL_K7QX2M9T's owner", f"mail {EMAIL}'s owner"),
        ("**email_k7qx2m9t**", f"**{EMAIL}**"),
        ("`EMAIL\\_K7QX2M9T`", f"`{EMAIL}`"),
        ("<Email K7QX2M9T>", f"<{EMAIL}>"),
        ("EMAILK7QX2M9T", EMAIL),
        ("EMAIL_K7QX2M9", "EMAIL_K7QX2M9"),
        ("EMAIL_K7QX2M9TX", "EMAIL_K7QX2M9TX"),
        ("EMAIL_K7QX2M90", "EMAIL_K7QX2M90"),
        ("XEMAIL_K7QX2M9T", "XEMAIL_K7QX2M9T"),
        ("call +49 30 7654321 now", "call +49 89 1234567 now"),
        ("call 49 30 7654321 now", "call 49 89 1234567 now"),
        ("call +49-30-7654321", "call +49 89 1234567"),
        ("tel:%2B49%2030%207654321", "tel:%2B49%2089%201234567"),
        ("pay 4539123456789012 or 4539-1234-5678-9012", "pay 4111111111111111 or 4111111111111111"),
        ("Tamara **Nielsen** and Tamara", "Maria Garcia** and Maria"),
        ("nothing here", "nothing here"),
    ],
)
def test_restore(text: str, restored: str) -> None:
    assert RESTORER.restore(text) == restored


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"to": "EMAIL_K7QX2M9T"}', {"to": EMAIL}),
        ('{"to": "x\\nEMAIL_K7QX2M9T\\n"}', {"to": f"x\n{EMAIL}\n"}),
        ('{"to": "\\u003cEMAIL_K7QX2M9T\\u003e"}', {"to": f"<{EMAIL}>"}),
        ('{"to": EMAIL_K7QX2M9T}', {"to": EMAIL}),
        ('{"card": 4539123456789012}', {"card": 4111111111111111}),
        ('["Tamara", "Nielsen"]', ["Maria", "Garcia"]),
        ('{"EMAIL_K7QX2M9T": 1}', {EMAIL: 1}),
    ],
)
def test_restore_in_json(text: str, value: object) -> None:
    assert json.loads(RESTORER.restore(text, Syntax.JSON)) == value


def test_matches_are_the_spans_of_pseudonyms() -> None:
    text = "call +49 30 7654321 or Tamara"
    assert [text[a:b] for a, b in RESTORER.matches(text)] == ["+49 30 7654321", "Tamara"]
    assert [text[a:b] for a, b in RESTORER.matches(text, 10)] == ["Tamara"]


def test_without_aliases_there_is_nothing_to_do() -> None:
    text = "EMAIL_K7QX2M9T"
    assert not Restorer()
    assert Restorer().restore(text) is text


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("我给EMAIL_9BD0VGD发了邮件", "我给ann@x.example发了邮件"),
        ("EMAIL_9BD0VGDに送りました", "ann@x.exampleに送りました"),
        ("EMAIL_9BD0VGD으로", "ann@x.example으로"),
        ("ส่งถึงEMAIL_9BD0VGDแล้ว", "ส่งถึงann@x.exampleแล้ว"),
        ("xEMAIL_9BD0VGDx", "xEMAIL_9BD0VGDx"),
    ],
)
def test_scripts_that_write_on_without_a_blank(text: str, restored: str) -> None:
    assert Restorer([Alias("EMAIL_9BD0VGD", "ann@x.example", "pii.email")]).restore(text) == restored


def test_a_made_up_value_that_mixes_scripts() -> None:
    restorer = Restorer([Alias("1967年7月2日", "1990年5月3日", "pii.date_of_birth")])
    assert restorer.restore("生日1967年7月2日。") == "生日1990年5月3日。"


def test_a_value_that_is_no_proper_unicode_is_restored_too() -> None:
    restorer = Restorer([Alias("NAME_K7QX2M9T", "a\ud800b", "pii.other")])
    assert restorer.restore("%22NAME_K7QX2M9T%22") == "%22a%ED%A0%80b%22"
    assert json.loads(restorer.restore('"NAME_K7QX2M9T"', Syntax.JSON)) == "a\ud800b"
