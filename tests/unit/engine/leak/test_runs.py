import pytest

from redoubt.engine.leak.runs import GRAM, LARGE, SHORTEST, Grams, Run

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def letters(count: int, seed: int = 7) -> str:
    made, state = [], seed
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        made.append(ALPHABET[state // 65536 % 36])
    return "".join(made)


@pytest.mark.parametrize("before", range(9))
@pytest.mark.parametrize("size", [2_000, LARGE + 2_000])
def test_every_run_of_the_promised_length_is_found_wherever_it_stands(before: int, size: int) -> None:
    known = letters(size)
    for place in range(1000, 1016):
        text = "-" * before + known[place : place + SHORTEST] + "-" * 30
        assert list(Grams(known).runs(text)) == [Run(before, before + SHORTEST, place)]


def test_a_run_is_as_long_as_what_is_shared() -> None:
    known = letters(500)
    assert list(Grams(known).runs("--" + known + "--")) == [Run(2, 502, 0)]


def test_what_is_shorter_than_a_gram_is_no_run() -> None:
    known = letters(500)
    assert list(Grams(known).runs(known[: GRAM - 1])) == []


def test_few_letters_make_no_gram() -> None:
    assert list(Grams("ha" * 200).runs("ha" * 200)) == []
