import pytest

from redoubt.engine.stream.sentences import LONGEST, SHORTEST, SentenceCutter, ends_sentence

LEAD = "and this is how the whole story ended"
"""Long enough to be a piece."""


def pieces(text: str) -> list[str]:
    cutter, start, found = SentenceCutter(), 0, []
    while cut := cutter.next_cut(text, start):
        found.append(text[start:cut])
        start = cut
    return [*found, text[start:]]


@pytest.mark.parametrize(
    "end", [". ", "! ", "? ", "… ", '." ', ".) ", ".** ", "?» ", "\n", "\n\n  ", "\n- ", "。", "！"]
)
def test_a_sentence_ends_where_it_says_so(end: str) -> None:
    text = f"{LEAD}{end}then came another one"
    assert pieces(text)[0].strip("- \n") == f"{LEAD}{end}".strip("- \n")
    assert "".join(pieces(text)) == text


@pytest.mark.parametrize("middle", [" ", ", ", "; ", ": ", ".5 ", ".py ", "!= "])
def test_a_sentence_does_not_end_in_its_middle(middle: str) -> None:
    assert pieces(f"{LEAD}{middle}then came another one") == [f"{LEAD}{middle}then came another one"]


def test_a_short_sentence_goes_with_the_next() -> None:
    assert pieces("Sure! No. Yes. " + LEAD + ". more")[0] == "Sure! No. Yes. " + LEAD + ". "
    assert all(len(piece) >= SHORTEST for piece in pieces("}\n" * 1000)[:-1])


def test_a_text_without_a_sentences_end_is_cut_between_words() -> None:
    text = "a long way without an end " * 200
    found = pieces(text)
    assert all(LONGEST - 20 < len(piece) <= LONGEST for piece in found[:-1])
    assert "".join(found) == text


def test_one_word_longer_than_the_bound_stays_whole_and_alone() -> None:
    word = "x" * (2 * LONGEST)
    assert pieces(f"here it comes {word} and that was it") == [
        "here it comes ",
        f"{word} and ",
        "that was it",
    ]


def test_after_a_cut_by_somebody_else_it_begins_anew() -> None:
    cutter = SentenceCutter()
    assert not cutter.next_cut("so it goes ")
    cutter.restart()
    assert cutter.next_cut(f"{LEAD}. Then") == len(f"{LEAD}. ")


@pytest.mark.parametrize("tail", ["", " ", "word", "word ", "1,", "(", '"'])
def test_what_ends_no_sentence(tail: str) -> None:
    assert not ends_sentence(tail)
