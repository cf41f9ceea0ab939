import codecs

import pytest

from redoubt.engine.leak.disguises import (
    anagram,
    consonant_places,
    consonants,
    distances,
    turned,
)
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.readings import READINGS


def caesar(text: str, by: int) -> str:
    return "".join(chr((ord(c) - 97 + by) % 26 + 97) for c in text)


@pytest.mark.parametrize("by", range(26))
def test_distances_are_the_same_under_every_shift(by: int) -> None:
    plain = "thequickbrownfoxjumpsoverthelazydog"
    assert distances(caesar(plain, by)) == distances(plain)


def test_atbash_turns_the_distances() -> None:
    plain = "thequickbrownfox"
    backwards = "".join(chr(219 - ord(c)) for c in plain)
    assert turned(distances(backwards)) == distances(plain)
    assert turned(turned(distances(plain))) == distances(plain)


def test_rot13_is_a_shift() -> None:
    assert distances(codecs.encode("secret", "rot13")) == distances("secret")


def test_only_latin_letters_have_distances() -> None:
    assert Folded("a1b2ç你z").plain == "abz"
    assert distances("") == distances("a") == ""


@pytest.mark.parametrize("text", ["the quick brown fox", "a b c d efgh", "abc", "x y z w"])
def test_each_reading_leads_back_to_the_letters_it_reads(text: str) -> None:
    folded = Folded(text)
    for reading in READINGS:
        letters, back = reading.letters(folded), reading.back(folded)
        for at in range(len(letters)):
            start, end = back(at, at + 1)
            assert letters[at] in text[start:end]


def test_sorted_letters_stay_in_their_words() -> None:
    assert anagram(Folded("Never tell, ever")) == "eenrv" + "ellt" + "eerv"


def test_consonants_and_where_they_stand() -> None:
    letters = "thewholesalemargin62"
    assert consonants(Folded(letters).plain) == "thwhlslmrgn"
    assert "".join(letters[at] for at in consonant_places(letters)) == "thwhlslmrgn"
