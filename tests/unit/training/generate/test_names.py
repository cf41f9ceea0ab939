"""Texts with names to mask."""

import random
from collections import Counter

import pytest

from redoubt.training.example import NAMES, Example, Head, Span
from redoubt.training.generate.names import examples
from redoubt.training.generate.names_bank import bank, frames, words
from redoubt.training.generate.names_frames import Piece, fill
from redoubt.training.generate.names_noise import join
from redoubt.training.generate.names_people import Person, cultures

COUNT = 4_000
BLANKS_AND_MARKS = " \t\n.,;:!?\"'()[]-/–"


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


@pytest.fixture(scope="module")
def made() -> list[Example]:
    return list(examples(seeded(7), COUNT))


def test_the_same_randomness_gives_the_same_examples() -> None:
    assert list(examples(seeded(3), 50)) == list(examples(seeded(3), 50))


def test_other_randomness_gives_other_examples() -> None:
    assert list(examples(seeded(3), 50)) != list(examples(seeded(4), 50))


def test_as_many_as_asked_for(made: list[Example]) -> None:
    assert len(made) == COUNT
    assert {example.head for example in made} == {Head.NAMES}
    assert all(15 <= len(example.text) <= 900 for example in made)


def test_spans_are_within_the_text_in_order_and_apart(made: list[Example]) -> None:
    for example in made:
        end = 0
        for span in example.spans:
            assert span.type in NAMES
            assert end <= span.start < span.end <= len(example.text)
            end = span.end


def test_spans_have_no_blanks_or_marks_at_their_edges(made: list[Example]) -> None:
    for example in made:
        for span in example.spans:
            name = example.text[span.start : span.end]
            assert name == name.strip(BLANKS_AND_MARKS)


def test_every_type_is_frequent(made: list[Example]) -> None:
    texts = Counter(kind for example in made for kind in {span.type for span in example.spans})
    assert {kind: count for kind, count in texts.items() if count >= 0.03 * COUNT}.keys() == set(NAMES)


def test_a_third_of_the_texts_has_no_name(made: list[Example]) -> None:
    assert 0.25 <= sum(not example.spans for example in made) / COUNT <= 0.45


def test_hardly_any_text_comes_twice(made: list[Example]) -> None:
    assert len({example.text for example in made}) >= 0.97 * COUNT


def test_many_languages_mostly_english(made: list[Example]) -> None:
    langs = Counter(example.lang for example in made)
    assert len(langs) >= 8
    assert 0.5 <= langs["en"] / COUNT <= 0.7


def test_all_lower_and_all_upper_occur(made: list[Example]) -> None:
    assert sum(example.text.islower() for example in made) >= 0.1 * COUNT
    assert sum(example.text.isupper() for example in made) >= 0.02 * COUNT


def test_no_slot_or_choice_is_left_open(made: list[Example]) -> None:
    slots = ("{person", "{full", "{given", "{family", "{address", "{thing", "{num}")
    assert not [example for example in made if any(slot in example.text.lower() for slot in slots)]


@pytest.mark.parametrize("prefix", ["frames", "plain"])
def test_every_frame_can_be_filled(prefix: str) -> None:
    for lang, pairs in frames(prefix).items():
        for _, frame in pairs:
            pieces = fill(seeded(1), frame, lang)
            named = any(piece.type for piece in pieces)
            assert named == (prefix == "frames"), frame


def test_the_banks_are_wide() -> None:
    people = cultures().values()
    assert len({name for culture in people for name in culture.given}) >= 1_200
    assert len({name for culture in people for name in (*culture.family, *culture.particled)}) >= 1_500
    assert (
        sum(
            len(words(bank("places")[key]))
            for key in ("countries", "cities", "regions", "nature", "landmarks")
        )
        >= 500
    )
    assert len(frames("frames")["en"]) >= 120


def test_a_span_leaves_out_the_dot_of_an_abbreviation() -> None:
    text, spans = join([Piece("at "), Piece("Acme Inc.", "ORGANISATION"), Piece(" now")])
    assert text == "at Acme Inc. now"
    assert spans == (Span(3, 11, "ORGANISATION"),)


def test_the_same_letter_is_the_same_person() -> None:
    pieces = fill(seeded(5), "{full.a} says {given.a}", "en")
    assert pieces[0].text.startswith(pieces[2].text) or pieces[0].text.endswith(pieces[2].text)


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("full", "Ana de la Cruz"),
        ("given", "Ana"),
        ("middle_initial", "Ana B. de la Cruz"),
        ("initials", "A.B. de la Cruz"),
        ("last_first", "de la Cruz, Ana"),
        ("double", "Ana de la Cruz-Ruiz"),
    ],
)
def test_forms_of_a_name(form: str, written: str) -> None:
    who = Person("Ana", "Berta", "de la Cruz", "Ruiz", family_first=False, close_up=False)
    assert who.written(form) == written


def test_family_first_where_the_culture_has_it() -> None:
    assert Person("伟", "芳", "王", "李", family_first=True, close_up=True).full() == "王伟"
