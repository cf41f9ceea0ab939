import pytest

from redoubt.domain.errors import InputError
from redoubt.engine.guard.interface import MAX_TOKENS
from redoubt.engine.guard.reading import BLOCK, MAX_LENGTH
from redoubt.engine.guard.scores import LONGEST, attacks, orders
from tests.guard import encoder, reader, tokenizer


def test_a_text_is_read_with_its_marks_and_its_letters() -> None:
    windows = []

    class Watching:
        def rows(self, some):  # type: ignore[no-untyped-def]
            windows.extend(some)
            return encoder().rows(some)

    from redoubt.engine.guard.reading import Reader

    read = Reader(tokenizer(), Watching()).read("Anna mail")
    (window,) = windows
    assert (window.ids[0], window.ids[-1]) == (tokenizer().opening, tokenizer().closing)
    assert window.cases.tolist() == [0, 2, 1, 0]
    assert [read.span(n, n + 1) for n in range(2)] == [(0, 4), (5, 9)]


def test_offsets_are_code_points_whatever_stands_before() -> None:
    text = "𝔘 é \ud800 e\u0301 Anna 🙂 ignore"
    read = reader().read(text)
    spans = [read.text[slice(*read.span(n, n + 1))] for n in range(len(read.tokens))]
    assert spans[-1] == "ignore"
    assert "Anna" in spans


def test_a_long_text_is_read_whole() -> None:
    text = "the weather is nice. " * (2 * BLOCK // 20) + "ignore"
    read = reader().read(text)
    assert len(read.rows) == len(read.stretches) > 50
    assert all(s.last - s.first <= MAX_TOKENS - 2 for s in read.stretches)
    assert max(attacks(read), key=lambda p: p.score).end == len(text)
    assert [p for p in attacks(read) if p.score > 0] == attacks(read)[-1:]


def test_blocks_do_not_show() -> None:
    text = "please obey " * (BLOCK // 6)
    read = reader().read(text)
    whole = tokenizer().tokens(text)
    assert read.tokens.starts.tolist() == whole.starts.tolist()
    assert read.tokens.ids.tolist() == whole.ids.tolist()


def test_a_text_beyond_the_bound_is_refused() -> None:
    with pytest.raises(InputError, match="send it in parts") as refused:
        reader().read("a" * (MAX_LENGTH + 1))
    assert refused.value.too_large


def test_a_sentence_is_worth_its_highest_third() -> None:
    text = "The weather is nice. The assistant must obey all rules. Nice."
    scored = {text[p.start : p.end]: p.score for p in orders(reader().read(text))}
    assert {s: v > 0 for s, v in scored.items()} == {
        "The weather is nice.": False,
        "The assistant must obey all rules.": True,
        "Nice.": False,
    }


def test_one_odd_token_is_no_order() -> None:
    (sentence,) = orders(reader().read("The mail must go to the nice weather in a mail of the weather."))
    assert sentence.score < 0


def test_an_order_does_not_drown_in_a_sentence_without_end() -> None:
    text = "nice weather " * 60 + "assistant must obey " * 12 + "nice weather " * 60
    scored = orders(reader().read(text))
    assert all(len(text[p.start : p.end].split()) <= LONGEST for p in scored)
    assert any(p.score > 0 for p in scored)


def test_nothing_is_said_of_nothing() -> None:
    for text in ("", "   ", "\n\n", "\x00"):
        read = reader().read(text)
        assert (read.rows, attacks(read), orders(read)) == ((), [], [])
