"""Generated harm examples: complete labels, even classes, and nothing that gives the answer away by its form."""

import random
import re
from statistics import median

import pytest

from redoubt.domain.zone import Zone
from redoubt.training.example import HARMS, Example, Head
from redoubt.training.generate.harm import LANGUAGES, examples
from redoubt.training.generate.harm_bank import load

_COUNT = 4000


def _rng(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - examples are no secrets


@pytest.fixture(scope="module")
def drawn() -> list[Example]:
    return list(examples(_rng(7), _COUNT))


def _hurts(example: Example) -> bool:
    return any(example.labels.values())


def test_same_random_state_gives_same_examples() -> None:
    assert list(examples(_rng(3), 50)) == list(examples(_rng(3), 50))
    assert list(examples(_rng(3), 50)) != list(examples(_rng(4), 50))


def test_every_label_is_known(drawn: list[Example]) -> None:
    assert len(drawn) == _COUNT
    for example in drawn:
        assert tuple(example.labels) == HARMS
        assert (example.head, example.label, example.source) == (Head.HARM, None, "generated/harm")
        assert example.zone in {Zone.USER, Zone.ANSWER}


@pytest.mark.parametrize("zone", [Zone.USER, Zone.ANSWER])
@pytest.mark.parametrize("label", HARMS)
def test_every_label_occurs_in_both_zones(drawn: list[Example], zone: Zone, label: str) -> None:
    assert sum(example.zone is zone and example.labels[label] for example in drawn) >= 40


def test_a_little_under_half_hurts(drawn: list[Example]) -> None:
    assert 0.40 <= sum(map(_hurts, drawn)) / _COUNT <= 0.50


@pytest.mark.parametrize("zone", [Zone.USER, Zone.ANSWER])
def test_length_does_not_tell(drawn: list[Example], zone: Zone) -> None:
    harmful = median(len(example.text) for example in drawn if example.zone is zone and _hurts(example))
    harmless = median(len(example.text) for example in drawn if example.zone is zone and not _hurts(example))
    assert max(harmful, harmless) <= 1.3 * min(harmful, harmless)


def test_texts_are_short_and_differ(drawn: list[Example]) -> None:
    assert len({example.text for example in drawn}) >= 0.95 * _COUNT
    assert all(8 <= len(example.text) <= 800 for example in drawn)


def test_languages(drawn: list[Example]) -> None:
    assert 0.70 <= sum(example.lang == "en" for example in drawn) / _COUNT <= 0.80
    assert {example.lang for example in drawn} == {"en", *LANGUAGES}


def test_twins_do_not_hurt(drawn: list[Example]) -> None:
    assert not any(_hurts(e) for e in drawn if e.kind.startswith("twin.") or e.kind == "ordinary")


@pytest.mark.parametrize("lang", ["en", *LANGUAGES])
def test_every_slot_of_a_bank_exists_and_every_phrase_is_reached(lang: str) -> None:
    bank = load(lang)
    used = {"filler_user", "filler_answer"}
    for group in bank.groups:
        names = {name for text in group.texts for name in re.findall(r"\{(\w+)\}", text)}
        used |= {group.alias.get(name, name) for name in names} | set(group.alias.values())
    for _ in range(5):
        used |= {
            name
            for slot in used & set(bank.slots)
            for text in bank.slots[slot]
            for name in re.findall(r"\{(\w+)\}", text)
        }
    assert used - {"deed"} == set(bank.slots)


@pytest.mark.parametrize("lang", ["en", *LANGUAGES])
def test_every_group_composes_texts_without_open_slots(lang: str) -> None:
    rng = _rng(11)
    bank = load(lang)
    for group in bank.groups:
        for _ in range(30):
            text = bank.compose(rng, group)
            assert "{" not in text, group.kind
            assert "\\n" not in text, group.kind


def test_a_deed_stays_the_same_through_a_text() -> None:
    bank = load("en")
    group = next(group for group in bank.groups if group.kind == "answer.illicit")
    titled = [bank.compose(_rng(seed), group) for seed in range(200)]
    titled = [text for text in titled if text.startswith("Title: How to ")]
    assert titled
    for text in titled:
        deed = text.removeprefix("Title: How to ").split("\n", 1)[0]
        assert f"want to {deed}," in text


def test_a_model_speaks_of_the_users_boss_not_of_its_own() -> None:
    bank = load("en")
    group = next(group for group in bank.groups if group.kind == "answer.violence")
    texts = [bank.compose(_rng(seed), group) for seed in range(300)]
    assert any("poison your boss" in text for text in texts)
    assert not any("poison my boss" in text for text in texts)
