import pytest

from redoubt.engine.stream.cuts import HARD, SPACIOUS, Cutter


def pieces(text: str, opening: frozenset[str] = frozenset()) -> list[str]:
    cutter, start, found = Cutter(opening), 0, []
    while cut := cutter.next_cut(text, start):
        found.append(text[start:cut])
        start = cut
    return [*found, text[start:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the quick brown fox", ["the ", "quick ", "brown ", "fox"]),
        ("dear Anna Schmidt hello", ["dear ", "Anna Schmidt ", "hello"]),
        ("pay 4111 1111 1111 1111", ["pay ", "4111 1111 1111 1111"]),
        ("write to ann [at] x (dot) com", ["write ", "to ", "ann [at] x (dot) com"]),
        ("see j o h n now", ["see ", "j o h n now"]),
        ('key = "my secret phrase" and more', ["key ", '= "my secret phrase" ', "and ", "more"]),
        (
            "-----BEGIN KEY-----\nab cd\n-----END KEY----- and so",
            ["-----BEGIN KEY-----\nab cd\n-----END KEY----- ", "and ", "so"],
        ),
        ("这是一句话。那是另一句。", ["这是一句话。", "那是另一句。"]),
        ("his seed phrase: legal winner thank year", ["his ", "seed phrase: legal winner thank year"]),
        ("mail ann at x dot com ok now", ["mail ", "ann at x dot com ", "ok ", "now"]),
        ("in Calle de Alba ok", ["in ", "Calle de Alba ", "ok"]),
        (
            "---- BEGIN KEY ----\nab cd\n---- END KEY ---- and so",
            ["---- BEGIN KEY ----\nab cd\n---- END KEY ---- and ", "so"],
        ),
        (
            "1234 -----END K----- -----BEGIN KEY----- ab cd",
            ["1234 -----END K----- -----BEGIN KEY----- ab cd"],
        ),
        ("Hello. World of", ["Hello. ", "World ", "of"]),
        ("  x", ["  x"]),
        ("", [""]),
    ],
)
def test_where_a_text_is_cut(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_what_may_become_a_pseudonym_stays_together() -> None:
    assert pieces("so email abc is", frozenset({"email"})) == ["so ", "email abc ", "is"]
    assert pieces("so \\nEmail abc is", frozenset({"email"})) == ["so ", "\\nEmail abc ", "is"]


def test_nothing_that_is_not_armoured_or_encoded_is_held_for_ever() -> None:
    for word in ("Title ", "in 2024 it ", '= "a b ', "foo: "):
        assert max(map(len, pieces(word * 2000))) < SPACIOUS + 100
    assert max(map(len, pieces("-----BEGIN KEY " + "ab " * 20000))) > SPACIOUS


def test_without_a_blank_there_is_no_cut() -> None:
    assert Cutter().next_cut("a" * (HARD + 5)) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write, then send", ["write, ", "then ", "send"]),
        ("send it at once", ["send ", "it at once"]),
        ("my recovery words here", ["my ", "recovery words ", "here"]),
        ("a word (more", ["a word (more"]),
        ("a list: of things", ["a list: of ", "things"]),
        ("then \n  so on", ["then \n  ", "so ", "on"]),
    ],
)
def test_a_word_is_cut_the_same_whether_it_arrives_whole_or_letter_by_letter(
    text: str, expected: list[str]
) -> None:
    cutter, start, found = Cutter(), 0, []
    for end in range(1, len(text) + 1):
        while cut := cutter.next_cut(text[:end], start):
            found.append(text[start:cut])
            start = cut
    assert [*found, text[start:]] == expected == pieces(text)
