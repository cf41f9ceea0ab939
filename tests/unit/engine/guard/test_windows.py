from redoubt.engine.guard.windows import OVERLAP, ROOM, Stretch, breaks, cut, sentences


def test_sentences_end_behind_their_mark() -> None:
    text = 'He said "no." Then 3.5 left.\nMore\nof 中文。end\nNo'
    ends = sentences(text)
    assert [text[a:b] for a, b in zip([0, *ends], ends, strict=False)] == [
        'He said "no."',
        " Then 3.5 left.",
        "\n",
        "More\nof 中文。",
        "end\n",
        "No",
    ]
    assert sentences("") == [0]


def test_a_break_is_the_first_token_behind_an_end() -> None:
    assert breaks([0, 3, 6, 9], [5, 11]) == [0, 2]
    assert breaks([0, 3], [1, 2, 3, 4]) == [0, 1]
    assert breaks([], [0]) == [0]


def test_a_short_text_is_one_window() -> None:
    assert list(cut(ROOM, [0])) == [Stretch(0, ROOM, 0, ROOM)]
    assert list(cut(0, [0])) == []


def test_a_window_ends_where_a_sentence_does() -> None:
    first, second = cut(ROOM + 20, [0, 40, 100])
    assert (first.last, second.first) == (100, 100 - OVERLAP)


def test_the_last_sentence_is_read_again_where_it_is_short() -> None:
    first, second = cut(ROOM + 20, [0, 90, 110])
    assert (first.last, second.first) == (110, 90)


def test_without_sentences_windows_overlap_all_the_same() -> None:
    first, second = cut(ROOM + 20, [0])
    assert (first.last, second.first) == (ROOM, ROOM - OVERLAP)
    assert first.own_end == second.own == ROOM - OVERLAP // 2
