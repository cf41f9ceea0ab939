import pytest

from redoubt.engine.leak.fold import Folded

TEXT = "Héllo,  *WORLD*_42! 你好"


def test_words_and_letters() -> None:
    folded = Folded(TEXT)
    assert folded.words == ["héllo", "world", "42", "你", "好"]
    assert folded.letters == "hélloworld42你好"


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, 5), (4, 6), (10, 12), (12, 14), (0, 14)])
def test_a_span_leads_back(start: int, end: int) -> None:
    folded = Folded(TEXT)
    first, last = folded.span(start, end)
    assert Folded(TEXT[first:last]).letters == folded.letters[start:end]


def test_a_letter_that_folds_to_two_stays_one() -> None:
    assert len(Folded("İstanbul").letters) == 8


def test_words_count_where_more_than_half_of_them_lies() -> None:
    folded = Folded("abcdef ghijkl")
    assert list(folded.words_in(0, 12)) == [0, 1]
    assert list(folded.words_in(3, 12)) == [1]
    assert list(folded.words_in(2, 9)) == [0]
