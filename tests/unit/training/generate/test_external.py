import json
import random
import statistics
from collections import Counter

import pytest

from redoubt.domain.zone import Zone
from redoubt.training.example import ORDER, Example, Head
from redoubt.training.generate.external import KINDS, examples
from redoubt.training.generate.external_bank import GOALS, LANGUAGES, bank, forms


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - examples, not secrets


@pytest.fixture(scope="module")
def many() -> list[Example]:
    return list(examples(dice(1), 3000))


def test_the_same_state_gives_the_same_examples() -> None:
    assert list(examples(dice(5), 40)) == list(examples(dice(5), 40))
    assert list(examples(dice(5), 40)) != list(examples(dice(6), 40))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_as_many_as_were_asked_for(count: int) -> None:
    assert len(list(examples(dice(2), count))) == count


def test_every_example_is_of_the_external_zone(many: list[Example]) -> None:
    assert {(example.head, example.zone, example.source) for example in many} == {
        (Head.ATTACK, Zone.EXTERNAL, "generated/external")
    }


def test_half_of_them_are_attacks(many: list[Example]) -> None:
    assert 0.45 <= sum(example.label is True for example in many) / len(many) <= 0.55


def test_length_does_not_tell_the_label(many: list[Example]) -> None:
    attacks = sorted(len(example.text) for example in many if example.label)
    harmless = sorted(len(example.text) for example in many if not example.label)
    assert 1 / 1.3 <= statistics.median(attacks) / statistics.median(harmless) <= 1.3
    assert 1 / 1.4 <= attacks[len(attacks) * 9 // 10] / harmless[len(harmless) * 9 // 10] <= 1.4


def test_attacks_have_orders_and_harmless_ones_none(many: list[Example]) -> None:
    assert all(bool(example.spans) is example.label for example in many)


def test_an_order_is_a_whole_piece_of_its_text(many: list[Example]) -> None:
    for example in many:
        for span in example.spans:
            order = example.text[span.start : span.end]
            assert span.type == ORDER
            assert order
            assert order == order.strip()
            assert not (
                span.start and (example.text[span.start - 1] + order[0]).isalnum() and order[0].isascii()
            )


def test_orders_do_not_overlap_and_come_in_order(many: list[Example]) -> None:
    for example in many:
        edges = [edge for span in example.spans for edge in (span.start, span.end)]
        assert edges == sorted(set(edges))


def test_no_mark_of_the_workshop_is_left(many: list[Example]) -> None:
    for example in many:
        assert not set("«»\ue000\ue001\ue002") & set(example.text)


def test_texts_differ(many: list[Example]) -> None:
    assert len({example.text for example in many}) >= 0.95 * len(many)


def test_orders_differ(many: list[Example]) -> None:
    orders = [example.text[span.start : span.end] for example in many for span in example.spans]
    assert len(set(orders)) >= 0.85 * len(orders)


def test_every_language_and_every_kind_occurs(many: list[Example]) -> None:
    languages = Counter(example.lang for example in many)
    assert set(languages) == set(LANGUAGES)
    assert 0.6 <= languages["en"] / len(many) <= 0.7
    assert {example.kind for example in many} == set(KINDS)


def test_the_kind_agrees_with_the_label(many: list[Example]) -> None:
    assert all(example.kind.startswith("order.") is example.label for example in many)


def test_orders_stand_everywhere_in_their_documents(many: list[Example]) -> None:
    places = [example.spans[0].start / len(example.text) for example in many if example.label]
    thirds = Counter(min(int(place * 3), 2) for place in places)
    assert all(thirds[third] > 0.15 * len(places) for third in range(3))


def test_many_harmless_ones_are_the_document_of_the_attack_before_them(many: list[Example]) -> None:
    pairs = list(zip(many[::2], many[1::2], strict=True))
    twins = [a for a, b in pairs if a.text.split()[:3] == b.text.split()[:3]]
    assert len(twins) > len(pairs) / 4


def test_there_are_sixty_skeletons() -> None:
    assert len({skeleton.text for skeleton in forms().skeletons}) >= 60


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_knows_every_goal(lang: str) -> None:
    assert set(bank(lang).orders.whole) == set(GOALS)
    assert all(quote.count("«order»") == 1 for quote in bank(lang).humans.quotes)


def test_json_stays_json_whatever_is_slipped_in(many: list[Example]) -> None:
    whole = [example.text for example in many if example.text.startswith('{"') and example.text.endswith("}")]
    assert len(whole) > 50
    for text in whole:
        json.loads(text)
