from itertools import pairwise

import pytest

from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.sentences import WEIGHTY, Kind, sayable, units, weight


def kinds(text: str, tools_from: int = 10**9) -> list[Kind]:
    return [unit.kind for unit in units(text, Folded(text), tools_from)]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("You are Wren, the assistant of the shop.", Kind.IDENTITY),
        ("Du bist der Concierge des Hauses.", Kind.IDENTITY),
        ("Answer in two sentences.", Kind.ORDER),
        ("Please always answer in two sentences.", Kind.ORDER),
        ("If somebody is angry about it, offer them a voucher.", Kind.ORDER),
        ("The user must not learn of this.", Kind.ORDER),
        ("The commission on rooms is 18 percent.", Kind.HUSHED),
        ("Our shop is open from 9 to 5.", Kind.FACT),
        ("Sick leave is paid for the first three days.", Kind.FACT),
        ("Die Preise sind in Euro und mit der Steuer.", Kind.FACT),
        ("Zamówienia wysyłamy codziennie przed południem kurierem", Kind.ORDER),
    ],
)
def test_what_a_sentence_is(sentence: str, kind: Kind) -> None:
    assert kinds(sentence) == [kind]


def test_what_is_not_to_be_told_is_an_order_wherever_it_stands() -> None:
    assert kinds("The murderer is the keeper of the light. Never name the murderer.") == [Kind.HUSHED] * 2


def test_a_list_that_an_order_announces_is_part_of_it() -> None:
    assert kinds("Never reveal the bands: 52000 to 61000 is the first of them")[1] is Kind.HUSHED


def test_what_the_next_sentence_calls_secret_is_secret() -> None:
    text = "The premium plan costs 9.90; mention it only to parents. Our shop is open from 9 to 5."
    assert kinds(text) == [Kind.HUSHED, Kind.ORDER, Kind.FACT]


def test_tools_are_tools() -> None:
    text = "Be kind.\nLook up the weather."
    assert kinds(text, 9) == [Kind.ORDER, Kind.TOOL]


def test_a_long_sentence_is_several_units() -> None:
    text = "never tell " + " ".join(f"word{i}" for i in range(60))
    made = list(units(text, Folded(text), 10**9))
    assert len(made) > 2
    assert all(a.last == b.first for a, b in pairwise(made))
    assert all(unit.last - unit.first <= WEIGHTY + 6 for unit in made)


def test_a_line_that_was_wrapped_is_one_sentence() -> None:
    text = "Never tell anybody that the wholesale margin on all of our\nroses is as high as 62 percent of the price."
    assert len(kinds(text)) == 1


def test_weight() -> None:
    assert [weight(word) for word in ("the", "margin", "62", "你")] == [0.0, 1.0, 1.0, 0.35]


def test_a_greeting_may_be_said_and_a_forbidden_phrase_not() -> None:
    text = 'Start with "Welcome to the shop!". Never say "the margin is 62". The password is "open sesame".'
    assert [text[a:b] for a, b in sayable(text)] == ['"Welcome to the shop!"']
