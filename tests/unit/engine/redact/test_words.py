import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.engine.redact.words import Spelling, Vocabulary, same_gap, spell, starts, vocabulary


def test_spell() -> None:
    assert spell("+1 (555) 01") == Spelling("+", ("1", "555", "01"), (" (", ") "), "")
    assert spell("--") == Spelling("--", (), (), "")


@pytest.mark.parametrize(
    ("wanted", "raw", "same"),
    [
        ("_", "\\_", True),
        ("_", " ", True),
        ("_", "%5F", True),
        ("_", "&#95;", True),
        (" ", "%20", True),
        (" ", "%2520", True),
        (" ", "\n", True),
        (" ", "\n\n", False),
        (" ", ". ", False),
        ("@", "%40", True),
        ("@", "\\u0040", True),
        ("@", " @ ", True),
        ("@", ".", False),
        (".", "", False),
    ],
)
def test_same_gap(wanted: str, raw: str, same: bool) -> None:
    assert same_gap(wanted, raw) is same


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ("\\nab", 1, ["nab", "ab"]),
        ("%20ab", 1, ["20ab", "ab"]),
        ("\\u0020ab", 1, ["u0020ab", "ab"]),
        ("xab", 0, ["xab"]),
    ],
)
def test_starts(text: str, start: int, words: list[str]) -> None:
    assert [text[at:] for at in starts(text, start, len(text))] == words


def test_vocabulary() -> None:
    assert vocabulary(["Ab\\ncd %20ef", "x"]) == {"ab", "ncd", "cd", "20ef", "ef", "x"}


@given(
    st.lists(st.text(alphabet="abAB1 _%\\nuß\u0130\ufb01名é.", max_size=24), max_size=4),
    st.lists(st.text(alphabet="abn1ßsfié名\u0307", min_size=1, max_size=4), max_size=3),
)
def test_a_vocabulary_has_the_words_of_its_texts_and_no_others(texts: list[str], words: list[str]) -> None:
    folded = [word.casefold() for word in words]
    known = Vocabulary(texts)
    for _ in range(20):  # beyond the bound from which on all words are gathered too
        assert known.has(folded) is vocabulary(texts).issuperset(folded)
    for word in vocabulary(texts):
        assert Vocabulary(texts).has((word,))
