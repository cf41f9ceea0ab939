# ruff: noqa: S311 - the same seed must give the same examples

import random
import re
from collections import Counter
from statistics import median

import pytest

from redoubt.domain.zone import Zone
from redoubt.training.example import Example, Head
from redoubt.training.generate.user import KINDS, examples
from redoubt.training.generate.user_filters import FILTERS
from redoubt.training.generate.user_grammar import Bank, read_banks

COUNT = 5_000
BANKS = read_banks()


@pytest.fixture(scope="module")
def made() -> list[Example]:
    return list(examples(random.Random(7), COUNT))


def test_the_same_state_gives_the_same_examples() -> None:
    assert list(examples(random.Random(3), 200)) == list(examples(random.Random(3), 200))
    assert list(examples(random.Random(3), 200)) != list(examples(random.Random(4), 200))


def test_as_many_as_asked_for(made: list[Example]) -> None:
    assert len(made) == COUNT
    assert list(examples(random.Random(1), 0)) == []


def test_about_half_are_attacks(made: list[Example]) -> None:
    assert 0.45 <= sum(bool(example.label) for example in made) / COUNT <= 0.55


def test_length_does_not_tell_the_label(made: list[Example]) -> None:
    attacks = sorted(len(example.text) for example in made if example.label)
    twins = sorted(len(example.text) for example in made if not example.label)
    for share in (0.25, 0.5, 0.75, 0.9):
        ratio = attacks[int(share * len(attacks))] / twins[int(share * len(twins))]
        assert 1 / 1.3 <= ratio <= 1.3, share
    assert median(attacks) > 100
    assert attacks[-1] <= 1500
    assert twins[-1] <= 1500


def test_hardly_any_text_comes_twice(made: list[Example]) -> None:
    assert len({example.text for example in made}) >= 0.95 * COUNT


def test_languages(made: list[Example]) -> None:
    languages = Counter(example.lang for example in made)
    assert len({lang.split("-")[0] for lang in languages}) >= 14
    assert 0.55 <= languages["en"] / COUNT <= 0.75
    for lang in languages:
        assert {example.label for example in made if example.lang == lang} == {True, False}, lang


def test_every_kind_occurs_and_says_the_label(made: list[Example]) -> None:
    assert {example.kind for example in made} == set(KINDS)
    assert all(example.label is not example.kind.startswith("twin.") for example in made)


def test_what_stands_beside_the_text(made: list[Example]) -> None:
    assert {(example.head, example.zone, example.source) for example in made} == {
        (Head.ATTACK, Zone.USER, "generated/user")
    }


def test_no_text_is_empty_or_leaves_a_slot_open(made: list[Example]) -> None:
    assert all(example.text.strip() for example in made)
    assert not [example.text for example in made if re.search(r"\{[a-z0-9]+:?[a-z_]+!?\}", example.text)]


def test_no_path_of_a_machine(made: list[Example]) -> None:
    assert not [
        example.text for example in made if re.search(r"/(home|work|root|tmp|Users)/|[A-Z]:\\", example.text)
    ]


@pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.lang)
def test_every_phrase_of_a_bank_grows(bank: Bank) -> None:
    rng = random.Random(1)
    for phrases in (*bank.words.values(), *bank.attack.values(), *bank.twin.values()):
        assert phrases
        for phrase in phrases:
            assert bank.grow(phrase, rng)


@pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.lang)
def test_every_word_of_a_bank_is_used(bank: Bank) -> None:
    used = set(re.findall(r"\{(?:[a-z0-9]+:)?([a-z_]+)!?\}", str((bank.words, bank.attack, bank.twin))))
    carried = {name for name in bank.words if name.startswith("text_")} | {"request", "paste_head"}
    assert set(bank.words) - used - carried == set()


@pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.lang)
def test_no_phrase_is_both_an_attack_and_harmless(bank: Bank) -> None:
    attacks = {phrase for phrases in bank.attack.values() for phrase in phrases}
    twins = {phrase for phrases in bank.twin.values() for phrase in phrases}
    assert attacks & twins == set()


def test_a_kept_slot_is_the_same_each_time_and_others_vary() -> None:
    bank = Bank("en", {"name": ("Ann", "Ben", "Cid", "Dan", "Eve", "Fay")}, {}, {})
    for seed in range(20):
        first, second = bank.grow("{name!} {name!}", random.Random(seed)).split()
        assert first == second
    assert len({bank.grow("{name} {name}", random.Random(seed)) for seed in range(50)}) > 10


def test_a_choice_is_made_and_a_new_line_written() -> None:
    bank = Bank("en", {}, {}, {})
    assert {bank.grow("[a|b]\\nc", random.Random(seed)) for seed in range(20)} == {"a\nc", "b\nc"}


def test_an_unknown_slot_is_refused() -> None:
    with pytest.raises(KeyError):
        Bank("en", {}, {}, {}).grow("{nowhere}", random.Random(1))


@pytest.mark.parametrize(
    ("name", "plain", "written"),
    [
        ("base64", "hi there", "aGkgdGhlcmU="),
        ("rot13", "hello", "uryyb"),
        ("morse", "sos at 9", "... --- ... / .- - / ----."),
        ("binary", "A", "01000001"),
        ("percent", "a b", "a%20b"),
        ("reversed", "abc", "cba"),
        ("rwords", "one two", "two one"),
    ],
)
def test_filters(name: str, plain: str, written: str) -> None:
    assert FILTERS[name](plain, random.Random(1)) == written
